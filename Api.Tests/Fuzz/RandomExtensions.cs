namespace LiveStreams.Api.Tests.Fuzz;

internal static class RandomExtensions
{
    public static T Pick<T>(this Random random, T[] items) => items[random.Next(items.Length)];
}

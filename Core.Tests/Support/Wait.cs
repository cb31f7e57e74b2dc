namespace LiveStreams.Core.Tests.Support;

/// <summary>Waits on conditions. The bound is only there to fail a test that would hang.</summary>
internal static class Wait
{
    private static readonly TimeSpan _bound = TimeSpan.FromSeconds(20);

    public static Task UntilAsync(Func<bool> condition, string expected) => UntilAsync(() => Task.FromResult(condition()), expected);

    public static async Task UntilAsync(Func<Task<bool>> condition, string expected)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < _bound, $"Waited {_bound.TotalSeconds} s for: {expected}");
            await Task.Yield();
        }
    }

    public static Task<T> BoundedAsync<T>(this Task<T> task) => task.WaitAsync(_bound, TestContext.Current.CancellationToken);

    public static Task BoundedAsync(this Task task) => task.WaitAsync(_bound, TestContext.Current.CancellationToken);
}

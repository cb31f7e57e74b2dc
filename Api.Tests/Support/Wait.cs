namespace LiveStreams.Api.Tests.Support;

/// <summary>Waits on conditions of another process, asked again and again. The bound is only there to fail a test that would hang.</summary>
internal static class Wait
{
    private static readonly TimeSpan _bound = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(20);

    public static async Task UntilAsync(Func<Task<bool>> condition, string expected)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < _bound, $"Waited {_bound.TotalSeconds} s for: {expected}");
            await PauseAsync();
        }
    }

    /// <summary>A moment before something is tried again.</summary>
    public static Task PauseAsync() => Task.Delay(_pause, TimeProvider.System, TestContext.Current.CancellationToken);
}

namespace LiveStreams.TestKit;

/// <summary>Waits for conditions. The time limit only fails a test that would hang.</summary>
public static class Wait
{
    private static readonly TimeSpan _bound = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan _shortPause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Waits for a condition of this process, which is checked every millisecond.</summary>
    public static async Task UntilAsync(Func<bool> condition, string expected)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            AssertInTime(start, expected);
            await Task.Delay(_shortPause, TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits for a condition of another process, which is asked again every 20 ms.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition, string expected)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            AssertInTime(start, expected);
            await PauseAsync();
        }
    }

    /// <summary>Waits 20 ms before something is tried again.</summary>
    public static Task PauseAsync() => Task.Delay(_pause, TimeProvider.System, TestContext.Current.CancellationToken);

    public static Task<T> BoundedAsync<T>(this Task<T> task) =>
        task.WaitAsync(_bound, TestContext.Current.CancellationToken);

    public static Task BoundedAsync(this Task task) =>
        task.WaitAsync(_bound, TestContext.Current.CancellationToken);

    private static void AssertInTime(long start, string expected)
    {
        var elapsed = TimeProvider.System.GetElapsedTime(start);
        Assert.True(elapsed < _bound, $"Waited {_bound.TotalSeconds} s for: {expected}");
    }
}

using System.Diagnostics;

namespace LiveStreams.Bench.Load;

/// <summary>Measures the time of a run, and detects that it makes no progress any more.</summary>
internal sealed class ProgressMonitor
{
    private static readonly TimeSpan _stallTimeout = TimeSpan.FromSeconds(20);
    private readonly long _start = Stopwatch.GetTimestamp();
    private long _lastProgress = Stopwatch.GetTimestamp();
    private long _lastCount;

    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_start);

    /// <summary>Time from the start to a timestamp of the stopwatch.</summary>
    public TimeSpan ElapsedAt(long timestamp) => Stopwatch.GetElapsedTime(_start, timestamp);

    /// <summary>Whether <paramref name="count"/>, the amount of work done, has not changed for 20 s.</summary>
    public bool IsStalled(long count)
    {
        if (count != _lastCount)
        {
            (_lastCount, _lastProgress) = (count, Stopwatch.GetTimestamp());
            return false;
        }

        return Stopwatch.GetElapsedTime(_lastProgress) > _stallTimeout;
    }
}

using System.Diagnostics;

namespace LiveStreams.Bench.Load;

/// <summary>The time of a run, and whether anything in it still moves.</summary>
internal sealed class Progress
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(20);
    private readonly long _start = Stopwatch.GetTimestamp();
    private long _lastMove = Stopwatch.GetTimestamp();
    private long _lastCount;

    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_start);

    /// <summary>How long after the start a moment was that the stopwatch gave.</summary>
    public TimeSpan At(long timestamp) => Stopwatch.GetElapsedTime(_start, timestamp);

    /// <summary>Takes how much is done so far; true when that has been the same for 20 s.</summary>
    public bool IsStuck(long count)
    {
        if (count != _lastCount)
        {
            (_lastCount, _lastMove) = (count, Stopwatch.GetTimestamp());
            return false;
        }

        return Stopwatch.GetElapsedTime(_lastMove) > _patience;
    }
}

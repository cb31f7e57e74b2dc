using System.Buffers;
using System.IO.Pipelines;

namespace LiveStreams.Core.FanOut;

/// <summary>What one subscriber writes to, and since when it has been silent or its reader has taken nothing.</summary>
internal sealed class SubscriberOutput(PipeWriter output, FanOutTimes times)
{
    /// <summary>Frames are flushed at the latest after so many bytes; what the stall time-out counts for.</summary>
    private const int FlushBytes = 32 * 1024;

    private long _silentSince = times.Clock.Tick;
    private long _flushDeadline = long.MaxValue;
    private int _unflushedBytes;

    public bool HasUnflushed => _unflushedBytes > 0;

    public bool IsFull => _unflushedBytes >= FlushBytes;

    /// <summary>Whether the reader has yet to take what was written.</summary>
    public bool IsFlushing => Volatile.Read(ref _flushDeadline) != long.MaxValue;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        output.Write(bytes);
        _unflushedBytes += bytes.Length;
    }

    /// <summary>Sends what was written; false when the reader is gone. Waits while the reader is slow.</summary>
    public async ValueTask<bool> FlushAsync()
    {
        var flush = output.FlushAsync();
        if (!flush.IsCompleted)
        {
            Volatile.Write(ref _flushDeadline, times.Clock.Tick + (times.StallTicks * (1 + (_unflushedBytes / FlushBytes))));
        }

        _unflushedBytes = 0;
        var result = await flush.ConfigureAwait(false);
        Volatile.Write(ref _flushDeadline, long.MaxValue);
        Volatile.Write(ref _silentSince, times.Clock.Tick);
        return !result.IsCompleted && !result.IsCanceled;
    }

    public bool IsHeartbeatDue(long tick) => tick - Volatile.Read(ref _silentSince) >= times.HeartbeatTicks;

    /// <summary>Whether the reader has had all the time it may have for what was last written.</summary>
    public bool IsStalled(long tick) => tick >= Volatile.Read(ref _flushDeadline);
}

namespace LiveStreams.Core.FanOut;

/// <summary>What one subscriber writes to, and since when it has been silent or its reader has taken nothing.</summary>
internal sealed class SubscriberOutput(EventStreamBody body, FanOutTimes times)
{
    /// <summary>Frames are flushed at the latest after so many bytes; what the stall time-out counts for.</summary>
    private const int FlushBytes = 32 * 1024;

    private long _silentSince = times.Clock.Tick;
    private long _flushDeadline = long.MaxValue;

    public EventStreamBody Body => body;

    public bool IsFull => body.UnsentBytes >= FlushBytes;

    /// <summary>Whether the reader has yet to take what was written.</summary>
    public bool IsFlushing => Volatile.Read(ref _flushDeadline) != long.MaxValue;

    /// <summary>Writes a large event piece by piece, so that a slow reader has no copy of all of it; false when the reader is gone.</summary>
    public async ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var piece = bytes[..Math.Min(FlushBytes, bytes.Length)];
            body.Write(piece.Span);
            bytes = bytes[piece.Length..];
            if (IsFull && !await FlushAsync().ConfigureAwait(false))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Sends what was written, if that takes no waiting; false if it does.</summary>
    public bool TryFlush()
    {
        if (!body.TrySend())
        {
            return false;
        }

        Volatile.Write(ref _silentSince, times.Clock.Tick);
        return true;
    }

    /// <summary>Sends what was written; false when the reader is gone. Waits while the reader is slow.</summary>
    public ValueTask<bool> FlushAsync() => TryFlush() ? ValueTask.FromResult(true) : FlushSlowAsync();

    public bool IsHeartbeatDue(long tick) => tick - Volatile.Read(ref _silentSince) >= times.HeartbeatTicks;

    /// <summary>Whether the reader has had all the time it may have for what was last written.</summary>
    public bool IsStalled(long tick) => tick >= Volatile.Read(ref _flushDeadline);

    private async ValueTask<bool> FlushSlowAsync()
    {
        var bytes = body.UnsentBytes;
        var flush = body.FlushAsync();
        if (!flush.IsCompleted)
        {
            Volatile.Write(ref _flushDeadline, times.Clock.Tick + (times.StallTicks * (1 + (bytes / FlushBytes))));
        }

        var result = await flush.ConfigureAwait(false);
        Volatile.Write(ref _flushDeadline, long.MaxValue);
        Volatile.Write(ref _silentSince, times.Clock.Tick);
        return !result.IsCompleted && !result.IsCanceled;
    }
}

namespace LiveStreams.Core.FanOut;

/// <summary>
/// The output of one subscriber. It records when something was last sent, and until when the reader must take what
/// was written.
/// </summary>
internal sealed class SubscriberOutput(EventStreamBody body, FanOutClock clock)
{
    /// <summary>
    /// The unsent bytes at which a flush is due. A flush of more may take one stall time-out more for each multiple.
    /// </summary>
    private const int FlushBytes = 32 * 1024;

    private long _lastSendTick = clock.Tick;
    private long _flushDeadlineTick = long.MaxValue;

    public EventStreamBody Body => body;

    public bool IsFlushDue => body.UnsentBytes >= FlushBytes;

    /// <summary>Whether a flush waits for the reader.</summary>
    public bool IsFlushing => Volatile.Read(ref _flushDeadlineTick) != long.MaxValue;

    /// <summary>
    /// Writes a large event in pieces, so that no whole copy of it is buffered for a slow reader; false when the
    /// reader has disconnected.
    /// </summary>
    public async ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var piece = bytes[..Math.Min(FlushBytes, bytes.Length)];
            body.Write(piece.Span);
            bytes = bytes[piece.Length..];
            if (IsFlushDue && !await FlushAsync().ConfigureAwait(false))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Sends what was written; false if not everything can be sent without waiting.</summary>
    public bool TryFlush()
    {
        if (!body.TrySend())
        {
            return false;
        }

        Volatile.Write(ref _lastSendTick, clock.Tick);
        return true;
    }

    /// <summary>Sends what was written. Waits while the reader is slow; false when it has disconnected.</summary>
    public ValueTask<bool> FlushAsync() => TryFlush() ? ValueTask.FromResult(true) : FlushSlowAsync();

    public bool IsHeartbeatDue(long tick) => tick - Volatile.Read(ref _lastSendTick) >= clock.HeartbeatTicks;

    /// <summary>Whether the reader has not taken what was last written in time.</summary>
    public bool IsStalled(long tick) => tick >= Volatile.Read(ref _flushDeadlineTick);

    private async ValueTask<bool> FlushSlowAsync()
    {
        var bytes = body.UnsentBytes;
        var flush = body.FlushAsync();
        if (!flush.IsCompleted)
        {
            var timeoutTicks = clock.StallTicks * (1 + (bytes / FlushBytes));
            Volatile.Write(ref _flushDeadlineTick, clock.Tick + timeoutTicks);
        }

        var result = await flush.ConfigureAwait(false);
        Volatile.Write(ref _flushDeadlineTick, long.MaxValue);
        Volatile.Write(ref _lastSendTick, clock.Tick);
        return !result.IsCompleted && !result.IsCanceled;
    }
}

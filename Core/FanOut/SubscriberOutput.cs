using LiveStreams.Core.Unsent;

namespace LiveStreams.Core.FanOut;

/// <summary>
/// The output of one subscriber. It records when something was last sent. While the reader is slow, it charges what is
/// held for it.
/// </summary>
internal sealed class SubscriberOutput(EventStreamBody body, FeedRegistry registry, IUnsentReader reader)
{
    /// <summary>The unsent bytes at which a flush is due.</summary>
    private const int FlushBytes = 32 * 1024;

    private UnsentWait? _wait;
    private long _lastSendTick = registry.Clock.Tick;

    public EventStreamBody Body => body;

    public bool IsFlushDue => body.HasLargeFrame || body.UnsentBytes >= FlushBytes;

    /// <summary>Whether nothing more may be written before a flush.</summary>
    public bool IsFull => body.HasLargeFrame || body.UnsentBytes >= HistoryBlock.MaxBytes;

    /// <summary>Whether a flush waits for the reader.</summary>
    public bool IsFlushing => Volatile.Read(ref _wait) is { IsWaiting: true };

    /// <summary>Sends what was written; false if not everything can be sent without waiting.</summary>
    public bool TryFlush()
    {
        if (!body.TrySend())
        {
            return false;
        }

        Volatile.Write(ref _lastSendTick, registry.Clock.Tick);
        return true;
    }

    /// <summary>Sends what was written. Waits while the reader is slow; false when it has disconnected.</summary>
    public ValueTask<bool> FlushAsync() => TryFlush() ? ValueTask.FromResult(true) : FlushSlowAsync();

    public bool IsHeartbeatDue(long tick) => tick - Volatile.Read(ref _lastSendTick) >= registry.Clock.HeartbeatTicks;

    // Most streams never wait.
    private UnsentWait StartWait()
    {
        var wait = _wait ?? new UnsentWait(registry.Unsent, reader);
        Volatile.Write(ref _wait, wait);
        return wait;
    }

    private async ValueTask<bool> FlushSlowAsync()
    {
        var clock = registry.Clock;
        var deadline = clock.WholeDeadline(body.UnsentBytes);
        bool isConnected;
        try
        {
            do
            {
                var flush = body.FlushPieceAsync(out var bytes, out var heldBytes);
                isConnected = flush.IsCompleted
                    ? UnsentWait.IsConnected(await flush.ConfigureAwait(false))
                    : await StartWait().FlushedAsync(
                        flush,
                        heldBytes,
                        body.LargeFrameCharge,
                        Math.Min(deadline, clock.PieceDeadline(bytes))).ConfigureAwait(false);
            }
            while (isConnected && body.UnsentBytes > 0 && !body.TrySend());
        }
        finally
        {
            _wait?.End();
        }

        Volatile.Write(ref _lastSendTick, registry.Clock.Tick);
        return isConnected;
    }
}

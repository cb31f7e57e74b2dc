namespace LiveStreams.Core.FanOut;

/// <summary>
/// Counts ticks of one second for heartbeats, stall time-outs and lingering feeds. Reading it costs nothing on the
/// hot path, and a test advances it by hand.
/// </summary>
internal sealed class FanOutClock(SubscriberOptions options)
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private long _tick;

    public long Tick => Volatile.Read(ref _tick);

    /// <summary><see cref="SubscriberOptions.Heartbeat"/>, in ticks.</summary>
    public long HeartbeatTicks { get; } = ToTicks(options.Heartbeat);

    /// <summary><see cref="SubscriberOptions.StallTimeout"/>, in ticks.</summary>
    public long StallTicks { get; } = ToTicks(options.StallTimeout);

    /// <summary><see cref="SubscriberOptions.FeedLinger"/>, in ticks.</summary>
    public long LingerTicks { get; } = ToTicks(options.FeedLinger);

    public void Advance() => Volatile.Write(ref _tick, _tick + 1);

    private static long ToTicks(TimeSpan span) => (long)Math.Ceiling(span / Period);
}

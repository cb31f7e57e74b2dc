namespace LiveStreams.Core.FanOut;

/// <summary>What the subscribers of a process share about time: the clock, and their options in its ticks.</summary>
internal sealed class FanOutTimes(SubscriberOptions options)
{
    public SubscriberOptions Options => options;

    public FanOutClock Clock { get; } = new();

    public long HeartbeatTicks { get; } = FanOutClock.Ticks(options.Heartbeat);

    public long StallTicks { get; } = FanOutClock.Ticks(options.StallTimeout);

    public long LingerTicks { get; } = FanOutClock.Ticks(options.FeedLinger);
}

namespace LiveStreams.Core.FanOut;

/// <summary>What the subscribers of a process share about time: the clock, and their options in its ticks.</summary>
internal sealed class FanOutTimes(SubscriberOptions options)
{
    public FanOutClock Clock { get; } = new();

    public long HeartbeatTicks { get; } = FanOutClock.Ticks(options.Heartbeat);

    public long StallTicks { get; } = FanOutClock.Ticks(options.StallTimeout);

    public long LingerTicks { get; } = FanOutClock.Ticks(options.FeedLinger);

    /// <summary>1 to 2 times the usual wait, so that the subscribers of a stopped server do not all come back at the same moment.</summary>
    public TimeSpan JitteredRetry() => options.Retry * (1 + Random.Shared.NextDouble());
}

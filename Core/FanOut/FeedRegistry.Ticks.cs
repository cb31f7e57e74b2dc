namespace LiveStreams.Core.FanOut;

// What is due once a second, for all feeds.
public sealed partial class FeedRegistry
{
    /// <summary>With a lossy bus: the most feeds whose heads are compared with the log's in one tick.</summary>
    internal const int MaxChecksPerTick = 2000;

    /// <summary>The ticks between two checks of one feed, unless there are too many feeds for that.</summary>
    private const int MinCheckTicks = 5;

    /// <summary>
    /// The most feeds that stay open without a subscriber. If there are more, all of them are closed at the next tick.
    /// </summary>
    internal const int MaxLingering = 10_000;

    /// <summary>
    /// Runs until <paramref name="stopping"/>: once a second, sends heartbeats and numbers of streams, aborts stalled
    /// readers, compares heads, and closes feeds without subscribers.
    /// </summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(FanOutClock.Period, _time);
        while (await timer.WaitForNextTickAsync(stopping).ConfigureAwait(false))
        {
            await TickAsync().ConfigureAwait(false);
        }
    }

    /// <summary>
    /// The ticks between two checks of one feed: enough to check every feed before the first is due again.
    /// </summary>
    internal static int CheckTicks(int feeds) =>
        Math.Max(MinCheckTicks, (feeds + MaxChecksPerTick - 1) / MaxChecksPerTick);

    internal async Task TickAsync()
    {
        Clock.Advance();
        var tick = Clock.Tick;
        Unsent.CutStalled(tick);
        Followers.OnTick(tick);
        var remainingChecks = _bus.IsLossy ? MaxChecksPerTick : 0;
        var count = _feeds.Count;
        var checkPeriod = CheckTicks(count);

        var lingering = count > MaxLingering ? _feeds.Count(static feed => feed.Value.SubscriberCount == 0) : 0;
        var lingerTicks = lingering > MaxLingering ? 0 : Clock.LingerTicks;
        foreach (var (page, feed) in _feeds)
        {
            feed.OnTick(tick, Counts);
            if (remainingChecks > 0 && feed.TryStartCheck(tick, checkPeriod))
            {
                remainingChecks--;
            }

            if (feed.TryClose(tick, lingerTicks))
            {
                _feeds.TryRemove(KeyValuePair.Create(page, feed));
                await feed.UnsubscribeAsync().ConfigureAwait(false);
            }
        }
    }
}

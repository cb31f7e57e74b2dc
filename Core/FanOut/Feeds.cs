using System.Collections.Concurrent;

namespace LiveStreams.Core.FanOut;

/// <summary>The feeds of one process: one for each page somebody watches, and for a little while after.</summary>
public sealed class Feeds
{
    /// <summary>How long a subscriber waits for its page's feed to open.</summary>
    private static readonly TimeSpan _openTimeout = TimeSpan.FromSeconds(1.5);

    /// <summary>Where the bus may lose: the most feeds whose heads are compared with the log's in one tick.</summary>
    internal const int MaxChecks = 2000;

    /// <summary>How often a feed's head is compared, in ticks, unless there are too many feeds for that.</summary>
    private const int MinCheckPeriod = 5;

    /// <summary>The most feeds that linger; with more, those that nobody watches are dropped at the next tick.</summary>
    internal const int MaxLingering = 10_000;

    private readonly ConcurrentDictionary<PageId, PageFeed> _feeds = new();
    private readonly IPageLog _log;
    private readonly IPageBus _bus;
    private readonly SubscriberOptions _options;
    private readonly FanOutTimes _times;
    private readonly TimeProvider _time;
    private int _subscribers;

    public Feeds(IPageLog log, IPageBus bus, SubscriberOptions options, TimeProvider time)
    {
        _log = log;
        _bus = bus;
        _options = options;
        _times = new FanOutTimes(options);
        _time = time;
    }

    /// <summary>Pages with a feed.</summary>
    public int Count => _feeds.Count;

    /// <summary>Event streams open in this process.</summary>
    public int Subscribers => Volatile.Read(ref _subscribers);

    /// <summary>True once <see cref="Drain"/> was called.</summary>
    public bool Draining { get; private set; }

    /// <summary>Event streams of one page open in this process.</summary>
    public int SubscribersOf(PageId page) => _feeds.TryGetValue(page, out var feed) ? feed.Subscribers : 0;

    /// <summary>
    /// A lease at a page's feed, which is open when this returns: what is published from now on is in its ring. The caller disposes it.
    /// <paramref name="abort"/> is called, once, if the reader stalls. <paramref name="lease"/> is disposed with the subscriber, also if this throws.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The page's feed could not be opened.</exception>
    public async ValueTask<Subscriber> JoinAsync(PageId page, Action abort, IDisposable? lease, CancellationToken cancellationToken)
    {
        while (true)
        {
            var feed = _feeds.GetOrAdd(page, static (id, self) => new PageFeed(id, self._log, self._bus, self._options), this);
            var subscriber = new Subscriber(feed, _times, abort, this, lease);
            if (!feed.TryJoin(subscriber, out var opened))
            {
                _feeds.TryRemove(KeyValuePair.Create(page, feed));
                continue;
            }

            Interlocked.Increment(ref _subscribers);
            try
            {
                await opened.WaitAsync(_openTimeout, _time, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException exception)
            {
                subscriber.Dispose();
                throw new StoreUnavailableException($"The store has not answered for {_openTimeout.TotalSeconds} s.", exception);
            }
            catch
            {
                subscriber.Dispose();
                throw;
            }

            if (Draining)
            {
                subscriber.MarkDraining();
            }

            return subscriber;
        }
    }

    /// <summary>Turns the clock once a second: heartbeats, stalled streams, feeds that nobody needs any more.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(FanOutClock.Period, _time);
        while (await timer.WaitForNextTickAsync(stopping).ConfigureAwait(false))
        {
            await TickAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Ends every stream cleanly, and at once those that still come.</summary>
    public void Drain()
    {
        Draining = true;
        foreach (var feed in _feeds.Values)
        {
            feed.Drain();
        }
    }

    /// <summary>So long that every feed has its turn before the first is due again.</summary>
    internal static int CheckPeriod(int feeds) => Math.Max(MinCheckPeriod, (feeds + MaxChecks - 1) / MaxChecks);

    internal void Left() => Interlocked.Decrement(ref _subscribers);

    internal async Task TickAsync()
    {
        _times.Clock.Advance();
        var tick = _times.Clock.Tick;
        var checks = _bus.MayLose ? MaxChecks : 0;
        var count = _feeds.Count;
        var checkPeriod = CheckPeriod(count);

        // Every feed that is watched has a subscriber, so at least so many are not.
        var linger = count - Subscribers > MaxLingering ? 0 : _times.LingerTicks;
        foreach (var (page, feed) in _feeds)
        {
            feed.OnTick(tick);
            if (checks > 0 && feed.TryCheck(tick, checkPeriod))
            {
                checks--;
            }

            if (feed.TryClose(tick, linger))
            {
                _feeds.TryRemove(KeyValuePair.Create(page, feed));
                await feed.UnsubscribeAsync().ConfigureAwait(false);
            }
        }
    }
}

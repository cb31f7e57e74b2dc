using System.Collections.Concurrent;
using LiveStreams.Core.Metrics;
using LiveStreams.Core.Unsent;

namespace LiveStreams.Core.FanOut;

/// <summary>The open feeds of one process: one for each page with a subscriber, or with one a short time ago.</summary>
public sealed partial class FeedRegistry
{
    /// <summary>How long a subscriber waits for its page's feed to open.</summary>
    private static readonly TimeSpan _openTimeout = TimeSpan.FromSeconds(1.5);

    private readonly ConcurrentDictionary<PageId, PageFeed> _feeds = new();
    private readonly BoundedReadLog _log;
    private readonly IPageBus _bus;
    private readonly TimeProvider _time;
    private int _subscriberCount;

    public FeedRegistry(
        BoundedReadLog log,
        IPageBus bus,
        IPresence presence,
        SubscriberOptions options,
        UnsentLimits unsentLimits,
        ServerMetrics metrics,
        TimeProvider time)
    {
        _log = log;
        _bus = bus;
        _time = time;
        Metrics = metrics;
        Options = options;
        Counts = new SubscriberCounts(this, presence);
        Clock = new FanOutClock(options, time);
        Unsent = new UnsentBudget(unsentLimits);
        Snapshots = new SnapshotRegistry(log, time);
        Responses = new ResponseWriter(Clock, Unsent);
        metrics.Streams.Open = () => SubscriberCount;
        metrics.Streams.WatchedPages = () => Count;
        metrics.Limits.UnsentBytes = () => Unsent.HeldBytes;
        metrics.Limits.UnsentLimit = () => unsentLimits.Bytes;
        metrics.Limits.ReaderCuts =
        [
            ("unsent", () => Unsent.BudgetCuts),
            ("stalled", () => Unsent.StallCuts),
            ("snapshot", () => Snapshots.Cuts),
        ];
        metrics.Streams.FeedBytes = () => _feeds.Values.Sum(static feed => feed.Tail.Ring.Bytes);
    }

    /// <summary>The number of open feeds.</summary>
    public int Count => _feeds.Count;

    /// <summary>The number of event streams open in this process.</summary>
    public int SubscriberCount => Volatile.Read(ref _subscriberCount);

    /// <summary>The numbers of event streams of pages, on all nodes.</summary>
    public SubscriberCounts Counts { get; }

    /// <summary>Whether the streams are told to end, because the process stops (<see cref="StreamDrain"/>).</summary>
    public bool IsDraining { get; private set; }

    /// <summary>The bytes held for readers that are slow to take them.</summary>
    public UnsentBudget Unsent { get; }

    /// <summary>The snapshots of pages, also of those that nobody watches.</summary>
    public SnapshotRegistry Snapshots { get; }

    /// <summary>Writes large responses that are no streams.</summary>
    public ResponseWriter Responses { get; }

    internal SubscriberOptions Options { get; }

    internal FanOutClock Clock { get; }

    internal ServerMetrics Metrics { get; }

    internal PatternFollowers Followers { get; } = new();

    /// <summary>The number of event streams of one page open in this process.</summary>
    public int GetSubscriberCount(PageId page) => _feeds.TryGetValue(page, out var feed) ? feed.SubscriberCount : 0;

    /// <summary>
    /// Adds a subscriber to the feeds of its pages, which are open when this returns: what is published from then on is
    /// in their rings.
    /// </summary>
    /// <param name="scope">The pages, and what of them.</param>
    /// <param name="owner">Whose reader it is (<see cref="IUnsentReader.Owner"/>).</param>
    /// <param name="lease">Disposed with the subscriber, even if this throws.</param>
    /// <param name="cancellationToken">Cancels the wait for the feeds to open.</param>
    /// <returns>The subscriber, which the caller disposes.</returns>
    /// <exception cref="StoreUnavailableException">A feed cannot be opened.</exception>
    public async ValueTask<Subscriber> SubscribeAsync(
        StreamScope scope,
        object owner,
        IStreamLease? lease,
        CancellationToken cancellationToken)
    {
        var subscriber = new Subscriber(scope, this, owner, lease, out var opened);
        Interlocked.Increment(ref _subscriberCount);
        try
        {
            await WaitOpenAsync(opened, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            subscriber.Dispose();
            throw;
        }

        if (IsDraining)
        {
            subscriber.EndGracefully(StreamEnd.Stopping);
        }

        return subscriber;
    }

    /// <summary>From now on, every stream that is opened is told to end at once.</summary>
    internal void StartDraining()
    {
        IsDraining = true;

        // A stream that does not see this has joined its feeds before they are read (SubscribeAsync).
        Interlocked.MemoryBarrier();
    }

    /// <summary>The streams that are open in this process.</summary>
    internal Subscriber[] ReadSubscribers()
    {
        var subscribers = new HashSet<Subscriber>();
        foreach (var feed in _feeds.Values)
        {
            feed.AddSubscribersTo(subscribers);
        }

        Followers.AddTo(subscribers);
        return [.. subscribers];
    }

    /// <summary>Adds a cursor to the feed of its page, which is open when <paramref name="opened"/> is.</summary>
    internal PageCursor Join(Subscriber subscriber, PageId page, EventFilter filter, int streamIndex, out Task opened)
    {
        while (true)
        {
            var feed = _feeds.GetOrAdd(page, static (id, self) => self.NewFeed(id), this);
            var cursor = new PageCursor(feed, subscriber, filter, streamIndex);
            if (feed.TryAdd(cursor, out opened))
            {
                return cursor;
            }

            _feeds.TryRemove(KeyValuePair.Create(page, feed));
        }
    }

    /// <summary>Waits for feeds to open.</summary>
    /// <exception cref="StoreUnavailableException">One cannot be opened.</exception>
    internal async Task WaitOpenAsync(Task opened, CancellationToken cancellationToken)
    {
        try
        {
            await opened.WaitAsync(_openTimeout, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException exception)
        {
            throw new StoreUnavailableException(
                $"The store has not responded for {_openTimeout.TotalSeconds} s.",
                exception);
        }
    }

    internal void OnSubscriberDisposed(Subscriber subscriber)
    {
        Followers.Remove(subscriber);
        Interlocked.Decrement(ref _subscriberCount);
    }

    /// <summary>The pages that have event streams in this process, and how many.</summary>
    public IEnumerable<PageCount> ReadSubscriberCounts() => _feeds
        .Select(feed => new PageCount(feed.Key, feed.Value.SubscriberCount))
        .Where(count => count.Subscribers > 0);

    private PageFeed NewFeed(PageId page) => new(page, _log, _bus, Snapshots, Options, Clock, Metrics);
}

using LiveStreams.Core.Metrics;

namespace LiveStreams.Core.FanOut;

/// <summary>
/// A page's live tail inside one process. It receives the page's announcements, keeps the newest as frames that all
/// subscribers read (<see cref="PageTail"/>), and wakes the subscribers (<see cref="SubscriberSet"/>). The bus may
/// lose and repeat announcements. Sequences are contiguous, so what is missing is found, and read from the log before
/// the feed continues (<see cref="TailSynchronizer"/>).
/// </summary>
public sealed class PageFeed : IPageListener
{
    private readonly SnapshotRegistry _snapshots;
    private readonly IPageBus _bus;
    private readonly SubscriberSet _subscribers;
    private readonly TailSynchronizer _synchronizer;
    private readonly Lock _gate = new();

    private IAsyncDisposable? _subscription;
    private Task? _opened;
    private PagePresence? _presence;
    private bool _isClosed;
    private long _idleSince;

    internal PageFeed(
        PageId page,
        BoundedReadLog log,
        IPageBus bus,
        SnapshotRegistry snapshots,
        SubscriberOptions options,
        FanOutClock clock,
        ServerMetrics metrics)
    {
        Page = page;
        Metrics = metrics;
        _subscribers = new SubscriberSet(clock, metrics);
        PageTag = PositionEntry.PageTagOf(page);
        _snapshots = snapshots;
        _bus = bus;
        Tail = new PageTail(options);
        History = new HistoryReader(page, log, Tail.Ring);

        // Not in line with readers: live updates must not wait for strangers. It reads once at a time for a feed.
        _synchronizer = new TailSynchronizer(page, log.Store, Tail, _subscribers, clock, metrics);
    }

    /// <summary>The number of event streams of this page that are open in this process.</summary>
    public int SubscriberCount => _subscribers.Count;

    internal PageId Page { get; }

    /// <summary>The page's tag in positions (<see cref="PositionEntry"/>).</summary>
    internal int PageTag { get; }

    internal PageTail Tail { get; }

    internal ServerMetrics Metrics { get; }

    /// <summary>Whether the tail's head is the log's head: the bus loses nothing, and nothing is missing.</summary>
    internal bool IsCurrent => !_bus.IsLossy && !Tail.IsCatchingUp;

    /// <summary>
    /// The tail has all updates that were in the log at this moment, in Unix seconds, or <paramref name="now"/>.
    /// </summary>
    internal long CompleteUntil(long now) => IsCurrent ? now : Math.Min(now, _synchronizer.CompleteUntil);

    /// <summary>Reads the updates that the ring no longer holds.</summary>
    internal HistoryReader History { get; }

    public void OnUpdate(Update update)
    {
        switch (Tail.Receive(update))
        {
            case TailChange.Added:
                _subscribers.Wake(update);
                break;
            case TailChange.Gap:
                Metrics.Streams.CountGapFound();
                _synchronizer.StartRepair();
                break;
            default:
                break;
        }
    }

    public void OnInterrupted() => _synchronizer.RequestCheck();

    /// <summary>
    /// Adds a subscriber's cursor; the subscriber must wait for <paramref name="opened"/>. False when the feed has been
    /// closed and a new one must be created.
    /// </summary>
    internal bool TryAdd(PageCursor cursor, out Task opened)
    {
        lock (_gate)
        {
            opened = Task.CompletedTask;
            if (_isClosed)
            {
                return false;
            }

            opened = _opened ??= OpenAsync();
            _subscribers.Add(cursor);

            // After the cursor counts, so that the first number that its stream receives has it.
            cursor.Subscriber.Presence?.Join(_presence ??= new PagePresence());
            return true;
        }
    }

    internal void Remove(PageCursor cursor, long tick)
    {
        Volatile.Write(ref _idleSince, tick);
        _subscribers.Remove(cursor);
        if (cursor.Subscriber.Presence is not null)
        {
            _presence!.RemoveReader();
        }
    }

    /// <summary>
    /// Reads the page's posts for a stream that continues from their position (<see cref="SnapshotRegistry"/>).
    /// </summary>
    internal async Task<SnapshotLease> ReadSnapshotAsync(
        Subscriber subscriber, Func<Snapshot, bool> isUsable, CancellationToken cancellationToken)
    {
        var lease = await _snapshots.ReadAsync(
            Page,
            subscriber,
            isCurrent: version => version.Page.Head == Tail.Head,
            isUsable: version => version.Page.Head.Epoch == Tail.Head.Epoch && isUsable(version),
            cancellationToken).ConfigureAwait(false);
        try
        {
            await subscriber.Format.EncodeAsync(lease.Snapshot, Page, cancellationToken).ConfigureAwait(false);
            return lease;
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    /// <summary>Does what is due once a second, for the subscribers and for a repair that has failed.</summary>
    internal void OnTick(long tick, SubscriberCounts counts)
    {
        if (_presence is { HasReaders: true } presence && presence.TryReplace(counts.Of(Page)))
        {
            _subscribers.WakeForPresence();
        }

        _subscribers.OnTick(tick);
        _synchronizer.RetryRepair();
    }

    /// <summary>
    /// Starts to compare the feed's head with the log's if the feed has subscribers and the comparison is due: after an
    /// interruption of the bus, or <paramref name="period"/> ticks after the last one. True if it was started.
    /// </summary>
    internal bool TryStartCheck(long tick, long period) =>
        _subscribers.Count > 0
        && _opened is { IsCompletedSuccessfully: true }
        && _synchronizer.TryStartCheck(tick, period);

    internal void AddSubscribersTo(HashSet<Subscriber> subscribers) => _subscribers.AddTo(subscribers);

    /// <summary>
    /// Closes the feed if it could not be opened, or has had no subscriber for <paramref name="linger"/> ticks. If this
    /// returns true, the caller must call <see cref="UnsubscribeAsync"/>.
    /// </summary>
    internal bool TryClose(long tick, long linger)
    {
        lock (_gate)
        {
            var isIdle = _subscribers.Count == 0 && tick - Volatile.Read(ref _idleSince) >= linger;
            return _isClosed |= isIdle || _opened is { IsFaulted: true };
        }
    }

    /// <summary>Ends the subscription to the bus of a closed feed.</summary>
    internal ValueTask UnsubscribeAsync() => _subscription?.DisposeAsync() ?? ValueTask.CompletedTask;

    // Subscribes first and reads the head second, so that no update is lost between the two.
    private async Task OpenAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var subscription = await _bus.SubscribeAsync(Page, this, CancellationToken.None).ConfigureAwait(false);
        if (!TrySetSubscription(subscription))
        {
            await subscription.DisposeAsync().ConfigureAwait(false);
            return;
        }

        await _synchronizer.StartTailAsync().ConfigureAwait(false);
    }

    // False when the feed was closed before it was open: UnsubscribeAsync found no subscription to end.
    private bool TrySetSubscription(IAsyncDisposable subscription)
    {
        lock (_gate)
        {
            _subscription = subscription;
            return !_isClosed;
        }
    }
}

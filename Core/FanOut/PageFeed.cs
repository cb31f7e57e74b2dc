namespace LiveStreams.Core.FanOut;

/// <summary>
/// A page inside one process: hears the page's announcements, keeps the newest as frames that all subscribers read
/// (<see cref="PageTail"/>), and wakes them (<see cref="SubscriberSet"/>). The bus may lose and repeat; sequences are contiguous, so a gap
/// shows, and what is missing is read from the log before the feed goes on. That the newest announcement is lost shows by comparing heads
/// (<see cref="TryCheck"/>).
/// </summary>
public sealed class PageFeed : IPageListener
{
    private readonly PageId _page;
    private readonly IPageLog _log;
    private readonly IPageBus _bus;
    private readonly PageTail _tail;
    private readonly SubscriberSet _subscribers = new();
    private readonly Lock _gate = new();

    private IAsyncDisposable? _subscription;
    private Task? _opened;
    private bool _repairDue;
    private bool _checkDue;
    private bool _checking;
    private long _checkedAt;
    private bool _closed;
    private long _idleSince;

    internal PageFeed(PageId page, IPageLog log, IPageBus bus, SubscriberOptions options)
    {
        _page = page;
        _log = log;
        _bus = bus;
        _tail = new PageTail(options);
        History = new HistoryReads(page, log, _tail.Ring);
        Snapshots = new Snapshots(page, log, _tail);
    }

    /// <summary>How many event streams of this page are open in this process.</summary>
    public int Subscribers => _subscribers.Count;

    internal PageTail Tail => _tail;

    /// <summary>Whether its head is the log's, so that nobody needs to ask: all that is announced comes here.</summary>
    internal bool IsCurrent => !_bus.MayLose && !_tail.IsReading;

    /// <summary>What subscribers read that the ring does not hold.</summary>
    internal HistoryReads History { get; }

    /// <summary>What newcomers are shown who wish to see the page's posts.</summary>
    internal Snapshots Snapshots { get; }

    public void OnUpdate(Update update)
    {
        switch (_tail.Receive(update))
        {
            case ReceiveResult.Added:
                _subscribers.Wake();
                break;
            case ReceiveResult.Gap:
                _ = RepairAsync();
                break;
            default:
                break;
        }
    }

    public void OnInterrupted() => Volatile.Write(ref _checkDue, true);

    /// <summary>Adds a subscriber; false when the feed has been closed and a new one must be made.</summary>
    internal bool TryJoin(Subscriber subscriber, out Task opened)
    {
        lock (_gate)
        {
            opened = Task.CompletedTask;
            if (_closed)
            {
                return false;
            }

            opened = _opened ??= OpenAsync();
            _subscribers.Add(subscriber);
            return true;
        }
    }

    internal void Leave(Subscriber subscriber, long tick)
    {
        Volatile.Write(ref _idleSince, tick);
        _subscribers.Remove(subscriber);
    }

    /// <summary>Looks after every subscriber, and after a repair that has failed, once a second.</summary>
    internal void OnTick(long tick)
    {
        _subscribers.OnTick(tick);
        if (Interlocked.Exchange(ref _repairDue, false))
        {
            _ = RepairAsync();
        }
    }

    /// <summary>
    /// Begins to compare the feed's head with the log's if subscribers wait and it is due: after an interruption of the bus, or
    /// <paramref name="period"/> ticks after the last time. True if it has begun.
    /// </summary>
    internal bool TryCheck(long tick, long period)
    {
        var isDue = Volatile.Read(ref _checkDue) || tick - _checkedAt >= period;
        if (!isDue || _subscribers.Count == 0 || _opened is not { IsCompletedSuccessfully: true } || Interlocked.Exchange(ref _checking, true))
        {
            return false;
        }

        _checkedAt = tick;
        Volatile.Write(ref _checkDue, false);
        _ = CheckAsync();
        return true;
    }

    /// <summary>Ends every stream, cleanly.</summary>
    internal void Drain() => _subscribers.Drain();

    /// <summary>Closes the feed if it never opened, or nobody has been here for <paramref name="linger"/> ticks.</summary>
    internal bool TryClose(long tick, long linger)
    {
        lock (_gate)
        {
            var idle = _subscribers.Count == 0 && tick - Volatile.Read(ref _idleSince) >= linger;
            return _closed |= idle || _opened is { IsFaulted: true };
        }
    }

    /// <summary>For whoever closed it.</summary>
    internal ValueTask UnsubscribeAsync() => _subscription?.DisposeAsync() ?? ValueTask.CompletedTask;

    // Subscribes first and reads the head second, so nothing falls between the two.
    private async Task OpenAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var subscription = await _bus.SubscribeAsync(_page, this, CancellationToken.None).ConfigureAwait(false);
        if (!TryKeep(subscription))
        {
            await subscription.DisposeAsync().ConfigureAwait(false);
            return;
        }

        var page = await _log.HeadAsync(_page, CancellationToken.None).ConfigureAwait(false);
        if (!_tail.Begin(page))
        {
            await CatchUpAsync().ConfigureAwait(false);
        }
    }

    // False when the feed has been closed before it was open: whoever closed it found no subscription to end.
    private bool TryKeep(IAsyncDisposable subscription)
    {
        lock (_gate)
        {
            _subscription = subscription;
            return !_closed;
        }
    }

    // Begins on another thread: the bus, which found the gap, must not wait for the log.
    private async Task RepairAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await CatchUpAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // Whatever it was: the feed hears nothing until the log has been read.
            Volatile.Write(ref _repairDue, true);
            if (exception is not StoreUnavailableException)
            {
                throw;
            }
        }
    }

    private async Task CheckAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            var page = await _log.HeadAsync(_page, CancellationToken.None).ConfigureAwait(false);
            if (_tail.Compare(page.Head) == ReceiveResult.Gap)
            {
                await RepairAsync().ConfigureAwait(false);
            }
        }
        catch (StoreUnavailableException)
        {
            Volatile.Write(ref _checkDue, true);
        }
        finally
        {
            Volatile.Write(ref _checking, false);
        }
    }

    private async Task CatchUpAsync()
    {
        bool isAll;
        do
        {
            var block = await _log.ReadAsync(_page, _tail.Head, HistoryBlock.MaxUpdates, CancellationToken.None).ConfigureAwait(false);
            isAll = _tail.Add(block);
            _subscribers.Wake();
        }
        while (!isAll);
    }
}

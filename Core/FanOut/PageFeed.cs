namespace LiveStreams.Core.FanOut;

/// <summary>
/// A page's live tail inside one process: hears the page's announcements, encodes each once, keeps the newest in a ring that all
/// subscribers read, and wakes them. The bus may lose and repeat; sequences are contiguous, so the feed sees a gap, and reads
/// what is missing from the log before it goes on.
/// </summary>
public sealed class PageFeed : IPageListener
{
    private readonly PageId _page;
    private readonly IPageLog _log;
    private readonly IPageBus _bus;
    private readonly FrameRing _ring;
    private readonly Audience _audience = new();
    private readonly Lock _gate = new();

    private IAsyncDisposable? _subscription;
    private Task? _opened;
    private UpdateId _head;
    private bool _catchingUp = true;
    private bool _announcedMeanwhile;
    private bool _repairDue;
    private bool _closed;
    private long _idleSince;

    internal PageFeed(PageId page, IPageLog log, IPageBus bus, SubscriberOptions options)
    {
        _page = page;
        _log = log;
        _bus = bus;
        _ring = new FrameRing(options.RingFrames, options.RingBytes);
    }

    /// <summary>How many event streams of this page are open in this process.</summary>
    public int Subscribers => _audience.Count;

    internal FrameRing Ring => _ring;

    internal PageId Page => _page;

    public void OnUpdate(Update update)
    {
        lock (_gate)
        {
            if (update.IsLiveOnly)
            {
                _ring.Add(Frame.Of(update, _head));
            }
            else if (_catchingUp)
            {
                _announcedMeanwhile = true;
                return;
            }
            else if (update.Id.Follows(_head))
            {
                Append(update);
            }
            else if (update.Id.Epoch == _head.Epoch && update.Id.Sequence <= _head.Sequence)
            {
                return;
            }
            else
            {
                _catchingUp = true;
                _ = RepairAsync();
                return;
            }
        }

        _audience.Wake();
    }

    /// <summary>
    /// The ring index from which a subscriber at <paramref name="position"/> goes on, or -1 when the ring no longer holds it. A position
    /// the feed has not come to yet, the log being ahead of the bus, goes on at the end.
    /// </summary>
    internal long Seek(UpdateId position)
    {
        lock (_gate)
        {
            if (!position.IsNone && position.Epoch != _head.Epoch)
            {
                return _ring.Next;
            }

            var next = _ring.FirstAfter(position.Sequence);
            var isHeld = next == _ring.Next ? position.Sequence >= _head.Sequence : _ring[next]!.Id.Follows(position);
            return isHeld ? next : -1;
        }
    }

    /// <summary>Seats a subscriber; false when the feed has been closed and a new one must be made.</summary>
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
            _audience.Add(subscriber);
            return true;
        }
    }

    internal void Leave(Subscriber subscriber, long tick)
    {
        Volatile.Write(ref _idleSince, tick);
        _audience.Remove(subscriber);
    }

    /// <summary>Looks after every subscriber, and after a repair that has failed, once a second.</summary>
    internal void Tend(long tick)
    {
        _audience.Tend(tick);
        if (Interlocked.Exchange(ref _repairDue, false))
        {
            _ = RepairAsync();
        }
    }

    /// <summary>Ends every stream, cleanly.</summary>
    internal void Drain() => _audience.Drain();

    /// <summary>Closes the feed if it never opened, or nobody has been here for <paramref name="linger"/> ticks.</summary>
    internal bool TryClose(long tick, long linger)
    {
        lock (_gate)
        {
            var idle = _audience.Count == 0 && tick - Volatile.Read(ref _idleSince) >= linger;
            return _closed |= idle || _opened is { IsFaulted: true };
        }
    }

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
        bool announcedMeanwhile;
        lock (_gate)
        {
            _head = page.Head;
            _catchingUp = announcedMeanwhile = _announcedMeanwhile;
        }

        if (announcedMeanwhile)
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
        catch (StoreUnavailableException)
        {
            Volatile.Write(ref _repairDue, true);
        }
    }

    private async Task CatchUpAsync()
    {
        while (true)
        {
            var block = await _log.ReadAsync(_page, _head, HistoryBlock.MaxUpdates, CancellationToken.None).ConfigureAwait(false);
            lock (_gate)
            {
                if (block.Reset is not null)
                {
                    _head = block.Page.Head;
                    _ring.Restart();
                }

                foreach (var update in block.Updates)
                {
                    Append(update);
                }

                if (block.Updates.Count == 0 && !_announcedMeanwhile)
                {
                    _catchingUp = false;
                    break;
                }

                _announcedMeanwhile = false;
            }

            _audience.Wake();
        }

        _audience.Wake();
    }

    private void Append(Update update)
    {
        _head = update.Id;
        _ring.Add(Frame.Of(update, _head));
    }
}

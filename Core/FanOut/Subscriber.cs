namespace LiveStreams.Core.FanOut;

/// <summary>
/// One open event stream: a position in its page, and nothing else; no queue of its own. Replay, catching up after a slow spell, and
/// live are one loop (<see cref="RunAsync"/>), so memory is the same for a fast and a slow reader, and a slow one costs nobody else anything.
/// </summary>
public sealed class Subscriber : IDisposable
{
    private readonly PageFeed _feed;
    private readonly FanOutTimes _times;
    private readonly Action _abort;
    private readonly Feeds _feeds;
    private readonly IDisposable? _lease;
    private readonly PageCursor _cursor;
    private readonly WakeSignal _wakeSignal = new();
    private SubscriberOutput? _output;
    private Snapshot? _snapshot;
    private volatile bool _gone;
    private volatile bool _draining;

    internal Subscriber(PageFeed feed, FanOutTimes times, Action abort, Feeds feeds, IDisposable? lease)
    {
        _feed = feed;
        _times = times;
        _abort = abort;
        _feeds = feeds;
        _lease = lease;
        _cursor = new PageCursor(feed);
    }

    /// <summary>The page's newest update, if that is known here without asking the log, and has not ended the page.</summary>
    public UpdateId? KnownHead => _feed.IsCurrent ? _feed.Tail.LiveHead : null;

    /// <summary>Its place in the feed's <see cref="SubscriberSet"/>, which alone uses it.</summary>
    internal int SetIndex { get; set; }

    /// <summary>Whether the stream begins with a snapshot.</summary>
    public bool BeginsWithSnapshot => _snapshot is not null;

    /// <summary>
    /// Reads the page's posts, with which the stream is then to begin, unless the page has ended: <see cref="RunAsync"/> writes them first. It starts from the head of what this returns.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The store cannot be reached.</exception>
    public async ValueTask<PageHead> ReadSnapshotAsync(CancellationToken cancellationToken)
    {
        var snapshot = await _feed.Snapshots.ReadAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        _snapshot = snapshot.Page.IsEnded ? null : snapshot;
        return snapshot.Page;
    }

    /// <summary>
    /// Writes the page to <paramref name="body"/> from just after <paramref name="start"/>, in order, each update once, until the
    /// reader is gone, the page is deleted or the server drains.
    /// <code>
    ///   ┌─▶ 1. frames in the ring? ──▶ write all there are ─┐
    ///   │   2. older than the ring? ─▶ write from history ──┼─▶ 4. flush once ─┐
    ///   │   3. nothing newer? ───────▶ wait; heartbeat ─────┘                  │
    ///   └──────────────────────────────────────────────────────────────────────┘
    /// </code>
    /// </summary>
    public async Task RunAsync(StartPosition start, EventStreamBody body)
    {
        var output = new SubscriberOutput(body, _times);
        Volatile.Write(ref _output, output);
        _cursor.Begin(start);
        var historyRequested = start.HistoryRequested;
        if (_snapshot is not null && !await WriteSnapshotAsync(output).ConfigureAwait(false))
        {
            _gone = true;
        }

        while (!_gone && !_draining && !_cursor.IsAtEnd)
        {
            // 1. Frames in the ring; 2. older than the ring.
            if (!_cursor.WriteRing(output) && !await _cursor.WriteHistoryAsync(output, historyRequested).ConfigureAwait(false))
            {
                _gone = true;
            }

            historyRequested &= _cursor.IsStoreAway;

            // 3. Nothing newer.
            if (body.UnsentBytes == 0)
            {
                if (await _wakeSignal.WaitAsync(this, static self => self.HasNews).ConfigureAwait(false) == WakeReason.News)
                {
                    continue;
                }

                body.Write(EventEncoder.Heartbeat);
            }

            // 4. Flush once.
            if (!await output.FlushAsync().ConfigureAwait(false))
            {
                _gone = true;
            }
        }

        if (!_gone)
        {
            body.Write(EventEncoder.Retry(_times.Options.JitteredRetry()));
            body.WriteEnd();
            await output.FlushAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Ends the stream: its reader is gone.</summary>
    public void Close()
    {
        _gone = true;
        WakeNow();
    }

    /// <summary>Ends the stream in good order: its reader is told when to come back, as soon as it has taken what is being written.</summary>
    public void End()
    {
        _draining = true;
        WakeNow();
    }

    /// <summary>Cuts the connection.</summary>
    public void Abort()
    {
        _gone = true;
        _abort();
    }

    public void Dispose()
    {
        _feed.Leave(this, _times.Clock.Tick);
        _feeds.Left();
        _lease?.Dispose();
    }

    internal void MarkDraining() => _draining = true;

    /// <summary>Takes the subscriber out of its wait; whoever gets true must call <see cref="Resume"/> or <see cref="WriteNews"/>, once.</summary>
    internal bool TryTake(WakeReason reason) => _wakeSignal.TryTake(reason);

    /// <summary>Like <see cref="TryTake"/> if something is due by the clock: a heartbeat, or another try at a store that was away.</summary>
    internal bool TryTakeDue(long tick) =>
        Volatile.Read(ref _output)?.IsHeartbeatDue(tick) is true ? TryTake(WakeReason.Heartbeat)
            : _cursor.IsStoreAway && TryTake(WakeReason.News);

    /// <summary>Whether its reader has had all the time it may have for what was last written to it.</summary>
    internal bool IsStalled(long tick) => !_gone && Volatile.Read(ref _output)?.IsStalled(tick) is true;

    /// <summary>Goes on with the loop, on this thread.</summary>
    internal void Resume() => _wakeSignal.Resume();

    /// <summary>
    /// Writes what is new, on this thread, and waits again. If the ring has it and the connection takes it at once, the loop need not know: this is
    /// where an audience that keeps up is served. Whoever calls it makes sure that news of this very moment is followed by another wake.
    /// </summary>
    internal void WriteNews()
    {
        if (!TryWriteNews())
        {
            Resume();
            return;
        }

        _wakeSignal.WaitAgain();
        if ((_gone || _draining) && TryTake(WakeReason.News))
        {
            Resume();
        }
    }

    /// <summary>Whether it waits for news, a heartbeat or its end.</summary>
    internal bool IsWaiting => _wakeSignal.IsWaiting;

    /// <summary>Whether it waits for its reader to take what was written.</summary>
    internal bool IsFlushing => Volatile.Read(ref _output)?.IsFlushing is true;

    // A full fence: either the loop sees what was set before it waits, or its wait is seen here.
    private void WakeNow()
    {
        Interlocked.MemoryBarrier();
        if (TryTake(WakeReason.News))
        {
            Resume();
        }
    }

    private bool HasNews => _gone || _draining || _cursor.HasNews;

    // The stream's own state machine would hold on to the snapshot as long as the stream is open.
    private ValueTask<bool> WriteSnapshotAsync(SubscriberOutput output)
    {
        var snapshot = _snapshot!;
        _snapshot = null;
        return output.WriteAsync(snapshot.Bytes);
    }

    private bool TryWriteNews()
    {
        var output = _output!;
        if (!output.Body.IsChunked)
        {
            return false;
        }

        bool wasFull;
        do
        {
            if (_gone || _draining || !_cursor.WriteRing(output) || _cursor.IsAtEnd)
            {
                return false;
            }

            wasFull = output.IsFull;
            if (output.Body.UnsentBytes > 0 && !output.TryFlush())
            {
                return false;
            }
        }
        while (wasFull);

        return true;
    }
}

using LiveStreams.Core.Unsent;

namespace LiveStreams.Core.FanOut;

/// <summary>
/// One open event stream. It is a position in its page and has no queue of its own. Replay, catching up after a slow
/// period, and live updates are one loop (<see cref="RunAsync"/>), so memory is the same for a fast and a slow
/// reader, and a slow reader costs the others nothing.
/// </summary>
public sealed class Subscriber : IUnsentReader, IDisposable
{
    private readonly PageFeed _feed;
    private readonly FeedRegistry _registry;
    private readonly Action _abort;
    private readonly IDisposable? _lease;
    private readonly PageCursor _cursor;
    private SubscriberOutput? _output;
    private volatile bool _isDisconnected;
    private volatile bool _isDraining;

    internal Subscriber(PageFeed feed, FeedRegistry registry, Action abort, object owner, IDisposable? lease)
    {
        Owner = owner;
        _feed = feed;
        _registry = registry;
        _abort = abort;
        _lease = lease;
        _cursor = new PageCursor(feed, this);
    }

    /// <summary>
    /// The page's newest update; null if the log must be read to know it, or if that update has ended the page.
    /// </summary>
    public UpdateId? KnownHead => _feed.IsCurrent ? _feed.Tail.HeadUnlessEnded : null;

    public object Owner { get; }

    /// <summary>Whether <see cref="RunAsync"/> starts with a snapshot.</summary>
    public bool BeginsWithSnapshot => _cursor.HasSnapshot;

    /// <summary>The subscriber's index in the feed's <see cref="SubscriberSet"/>, which sets it.</summary>
    internal int SetIndex { get; set; }

    /// <summary>The subscriber's wait for work or a heartbeat.</summary>
    internal WakeSignal WakeSignal { get; } = new();

    /// <summary>Whether it waits for its reader to take what was written.</summary>
    internal bool IsFlushing => Volatile.Read(ref _output)?.IsFlushing is true;

    private bool MustStop => _isDisconnected || _isDraining;

    /// <summary>
    /// Reads the page's posts. Unless the page has ended, <see cref="RunAsync"/> then starts with them as a
    /// snapshot, and must be given the head of the result as the position to start from.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The store cannot be reached.</exception>
    public ValueTask<PageHead> ReadSnapshotAsync(CancellationToken cancellationToken) =>
        _cursor.ReadSnapshotAsync(cancellationToken);

    /// <summary>
    /// Writes the page to <paramref name="body"/> from just after <paramref name="start"/>, in order, each update
    /// once, until the reader disconnects, the page is deleted or the server drains.
    /// <code>
    ///   ┌─▶ 1. frames in the ring? ──▶ write all there are ─┐
    ///   │   2. older than the ring? ─▶ write from history ──┼─▶ 4. flush once ─┐
    ///   │   3. nothing newer? ───────▶ wait; heartbeat ─────┘                  │
    ///   └──────────────────────────────────────────────────────────────────────┘
    /// </code>
    /// </summary>
    public async Task RunAsync(StartPosition start, EventStreamBody body)
    {
        var output = new SubscriberOutput(body, _registry.Clock, _registry.Unsent, this);
        Volatile.Write(ref _output, output);
        _cursor.Start(start);
        var historyRequested = start.HistoryRequested;
        if (_cursor.HasSnapshot)
        {
            _cursor.WriteSnapshot(output);
        }

        while (!MustStop && !_cursor.HasWrittenEnd)
        {
            // 1. Frames in the ring; 2. older than the ring.
            if (!_cursor.WriteFromRing(output))
            {
                await _cursor.WriteFromHistoryAsync(output, historyRequested).ConfigureAwait(false);
            }

            historyRequested &= _cursor.IsStoreUnavailable;

            // 3. Nothing newer.
            if (body.UnsentBytes == 0)
            {
                var reason = await WakeSignal.WaitAsync(this, static self => self.HasWork).ConfigureAwait(false);
                if (reason == WakeReason.Work)
                {
                    continue;
                }

                body.Write(EventEncoder.Heartbeat);
            }

            // 4. Flush once.
            if (!await output.FlushAsync().ConfigureAwait(false))
            {
                _isDisconnected = true;
            }

            _cursor.ReleaseSnapshot();
        }

        if (!_isDisconnected && await output.FlushAsync().ConfigureAwait(false))
        {
            body.Write(EventEncoder.Retry(_registry.Options.JitteredRetry()));
            body.WriteLastChunk();
            await output.FlushAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Ends the stream because its reader has disconnected.</summary>
    public void OnDisconnected()
    {
        _isDisconnected = true;
        WakeNow();
    }

    /// <summary>
    /// Ends the stream gracefully, as soon as the reader has taken what is being written: the stream ends with the
    /// delay after which the client reconnects.
    /// </summary>
    public void EndGracefully()
    {
        _isDraining = true;
        WakeNow();
    }

    /// <summary>Aborts the connection.</summary>
    public void Abort()
    {
        _isDisconnected = true;
        _abort();
    }

    public void Dispose()
    {
        _cursor.ReleaseSnapshot();
        _feed.Remove(this, _registry.Clock.Tick);
        _registry.OnSubscriberDisposed();
        _lease?.Dispose();
    }

    /// <summary>Like <see cref="EndGracefully"/>, but the caller wakes the subscriber.</summary>
    internal void MarkDraining() => _isDraining = true;

    /// <summary>
    /// Claims the subscriber's wait if a heartbeat is due, or a history read that failed is to be tried again.
    /// </summary>
    internal bool TryClaimIfDue(long tick) =>
        Volatile.Read(ref _output)?.IsHeartbeatDue(tick) is true
            ? WakeSignal.TryClaim(WakeReason.Heartbeat)
            : _cursor.IsStoreUnavailable && WakeSignal.TryClaim(WakeReason.Work);

    /// <summary>
    /// After a claim: writes the new frames on this thread, without the loop, and waits again, if the ring holds them
    /// and the connection takes them at once. Otherwise runs the loop. This is the fast path, which serves all
    /// subscribers that keep up. The caller must wake the subscriber again for frames that are added during the call.
    /// </summary>
    internal void WriteNewFrames()
    {
        if (!TryWriteNewFrames())
        {
            WakeSignal.Resume();
            return;
        }

        WakeSignal.WaitAgain();
        if (MustStop && WakeSignal.TryClaim(WakeReason.Work))
        {
            WakeSignal.Resume();
        }
    }

    // A full fence: either the loop sees the flag that was set before it waits, or its wait is seen here.
    private void WakeNow()
    {
        Interlocked.MemoryBarrier();
        if (WakeSignal.TryClaim(WakeReason.Work))
        {
            WakeSignal.Resume();
        }
    }

    private bool HasWork => MustStop || _cursor.HasNewFrames;

    private bool TryWriteNewFrames()
    {
        var output = _output!;
        if (!output.Body.IsChunked)
        {
            return false;
        }

        bool wasFlushDue;
        do
        {
            if (MustStop || !_cursor.WriteFromRing(output) || _cursor.HasWrittenEnd)
            {
                return false;
            }

            wasFlushDue = output.IsFlushDue;
            if (output.Body.UnsentBytes > 0 && !output.TryFlush())
            {
                return false;
            }
        }
        while (wasFlushDue);

        return true;
    }
}

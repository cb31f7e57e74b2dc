using LiveStreams.Core.Unsent;

namespace LiveStreams.Core.FanOut;

/// <summary>
/// One open event stream. It is a position in each of its pages (<see cref="PageCursor"/>) and has no queue of its own.
/// Replay, catching up after a slow period, and live updates are one loop (<see cref="RunAsync"/>), so memory is the
/// same for a fast and a slow reader, and a slow reader costs the others nothing.
/// </summary>
public sealed partial class Subscriber : IUnsentReader, IDisposable
{
    private readonly FeedRegistry _registry;
    private readonly Action _abort;
    private readonly IStreamLease? _lease;
    private readonly StreamPages _pages;
    private SubscriberOutput? _output;
    private bool _hasMoved;
    private volatile bool _isDisconnected;
    private volatile bool _isDraining;

    /// <summary>
    /// Joins the feeds of its pages. It must not start before <paramref name="opened"/> is completed.
    /// </summary>
    internal Subscriber(
        StreamScope scope, FeedRegistry registry, Action abort, object owner, IStreamLease? lease, out Task opened)
    {
        Owner = owner;
        Presence = scope.WantsPresence ? new StreamPresence() : null;
        _registry = registry;
        _abort = abort;
        _lease = lease;
        _pages = new StreamPages(this, scope, registry, out opened);
    }

    /// <summary>The stream's position in each of its pages.</summary>
    public IReadOnlyList<PageCursor> Pages => _pages.Cursors;

    /// <summary>The position as a client sends it to resume; null if there is none yet.</summary>
    public string? Position => Format.GetPosition();

    public object Owner { get; }

    internal StreamFormat Format => _pages.Format;

    /// <summary>The subscriber's wait for work or a heartbeat.</summary>
    internal WakeSignal WakeSignal { get; } = new();

    /// <summary>Whether it waits for its reader to take what was written.</summary>
    internal bool IsFlushing => Volatile.Read(ref _output)?.IsFlushing is true;

    private bool MustStop => _isDisconnected || _isDraining;

    private bool HasWork => MustStop || _pages.HasNewFrames || _pages.HasArrivals;

    /// <summary>Writes the first block, which is sent at once. All pages must have been started.</summary>
    public void WriteOpening(EventStreamBody body) => _pages.WriteOpening(body, _registry.Options.Retry);

    /// <summary>
    /// Writes the pages to <paramref name="body"/> from just after the positions they were started at, each in order,
    /// each update once, until the reader disconnects, the page is deleted or the server drains.
    /// <code>
    ///   ┌─▶ 1. frames in the rings? ──▶ write all there are ─────────────────────────┐
    ///   │   2. a page is older than its ring? ─▶ flush; write a block of its history ─┼─▶ 4. flush once ─┐
    ///   │   3. nothing newer in any page? ─▶ wait; heartbeat ────────────────────────┘                  │
    ///   └───────────────────────────────────────────────────────────────────────────────────────────────┘
    /// </code>
    /// </summary>
    public async Task RunAsync(EventStreamBody body)
    {
        var output = new SubscriberOutput(body, _registry.Clock, _registry.Unsent, this);
        Volatile.Write(ref _output, output);
        _pages.WriteReadSnapshot(output);
        while (!MustStop && !_pages.HasEnded)
        {
            if (_pages.HasArrivals && !await _pages.FollowArrivalsAsync(_lease).ConfigureAwait(false))
            {
                _isDraining = true;
                break;
            }

            WritePresence(output);

            // 1. Frames in the rings.
            _pages.WriteFromRings(output);

            // 2. Older than the ring.
            if (!await _pages.WriteFromStoreAsync(output).ConfigureAwait(false))
            {
                _isDisconnected = true;
                break;
            }

            // 3. Nothing newer.
            if (body.UnsentBytes == 0)
            {
                _hasMoved |= !MustStop && _pages.OnCaughtUp();
                var reason = await WakeSignal.WaitAsync(this, static self => self.HasWork).ConfigureAwait(false);
                if (reason == WakeReason.Work)
                {
                    continue;
                }

                WriteHeartbeat(body);
            }

            // 4. Flush once.
            if (!await output.FlushAsync().ConfigureAwait(false))
            {
                _isDisconnected = true;
            }

            _pages.ReleaseSnapshots();
        }

        if (!_isDisconnected && await output.FlushAsync().ConfigureAwait(false))
        {
            WriteMovedPosition(body);
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
        _pages.Leave();
        _registry.OnSubscriberDisposed(this);
        _lease?.Dispose();
    }

    /// <summary>Like <see cref="EndGracefully"/>, but the caller wakes the subscriber.</summary>
    internal void MarkDraining() => _isDraining = true;

    /// <summary>An update was not written, because it does not pass the filter, and the position is after it.</summary>
    internal void OnFiltered() => _hasMoved = true;

    /// <summary>Claims the subscriber's wait if a heartbeat is due.</summary>
    internal bool TryClaimIfDue(long tick) =>
        Volatile.Read(ref _output)?.IsHeartbeatDue(tick) is true && WakeSignal.TryClaim(WakeReason.Heartbeat);

    /// <summary>
    /// After a claim: writes the new frames of a page on this thread, without the loop, and waits again, if the ring
    /// holds them and the connection takes them at once. Otherwise runs the loop. This is the fast path, which serves
    /// all subscribers that keep up. The caller must wake the subscriber again for frames that are added during the
    /// call.
    /// </summary>
    internal void WriteNewFrames(PageCursor page)
    {
        page.IsStoreUnavailable = false;
        if (!TryWriteNewFrames(page) || !WakeSignal.TryWaitAgain())
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

    private bool TryWriteNewFrames(PageCursor page)
    {
        var output = _output!;
        if (!output.Body.IsChunked)
        {
            return false;
        }

        bool wasFlushDue;
        do
        {
            if (MustStop || !page.WriteFromRing(output) || page.HasEndedStream)
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

    private void WriteHeartbeat(EventStreamBody body)
    {
        if (!WriteMovedPosition(body))
        {
            body.Write(EventEncoder.Heartbeat);
        }
    }

    private bool WriteMovedPosition(EventStreamBody body)
    {
        if (!_hasMoved || Position is not { } position)
        {
            return false;
        }

        _hasMoved = false;
        body.Write(EventEncoder.Position(position));
        return true;
    }
}

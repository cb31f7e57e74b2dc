using LiveStreams.Core.Unsent;

namespace LiveStreams.Core.FanOut;

/// <summary>
/// One open event stream. It is a position in each of its pages (<see cref="PageCursor"/>) and has no queue of its own.
/// Replay, catching up after a slow period, and live updates are one loop (<see cref="RunAsync"/>), so memory is the
/// same for a fast and a slow reader, and a slow reader costs the others nothing.
/// </summary>
public sealed class Subscriber : IUnsentReader, IDisposable
{
    private readonly FeedRegistry _registry;
    private readonly Action _abort;
    private readonly IDisposable? _lease;
    private readonly PageCursor[] _pages;
    private SubscriberOutput? _output;
    private int _nextPage;
    private int _nextRead;
    private bool _hasFiltered;
    private volatile bool _isDisconnected;
    private volatile bool _isDraining;

    /// <summary>Joins the feeds of its pages. It must not start before <paramref name="opened"/> is completed.</summary>
    internal Subscriber(
        StreamScope scope, FeedRegistry registry, Action abort, object owner, IDisposable? lease, out Task opened)
    {
        Owner = owner;
        _registry = registry;
        _abort = abort;
        _lease = lease;
        _pages = new PageCursor[scope.Pages.Count];
        var opening = new Task[_pages.Length];
        for (var i = 0; i < _pages.Length; i++)
        {
            _pages[i] = registry.Join(this, scope.Pages[i], scope.Filter, i, out opening[i]);
        }

        opened = opening is [var only] ? only : Task.WhenAll(opening);
        Format = scope.UsesEnvelopes ? new EnvelopeFormat(_pages) : new PageFormat(_pages[0]);
    }

    /// <summary>The stream's position in each of its pages.</summary>
    public IReadOnlyList<PageCursor> Pages => _pages;

    /// <summary>The position as a client sends it to resume; null if there is none yet.</summary>
    public string? Position => Format.GetPosition();

    public object Owner { get; }

    internal StreamFormat Format { get; }

    /// <summary>The subscriber's wait for work or a heartbeat.</summary>
    internal WakeSignal WakeSignal { get; } = new();

    /// <summary>Whether it waits for its reader to take what was written.</summary>
    internal bool IsFlushing => Volatile.Read(ref _output)?.IsFlushing is true;

    private bool MustStop => _isDisconnected || _isDraining;

    private bool HasWork => MustStop || Array.Exists(_pages, static page => page.HasNewFrames);

    private bool HasEnded => _pages[0].HasEndedStream;

    /// <summary>
    /// Writes the first block, which is sent at once: the position, unless a snapshot follows, and why it is not the
    /// position that the client holds. All pages must have been started.
    /// </summary>
    public void WriteOpening(EventStreamBody body)
    {
        var position = _pages[0].HasSnapshot ? null : Position;
        body.Write(EventEncoder.Opening(position, _registry.Options.Retry));
        foreach (var page in _pages)
        {
            page.WriteReset(body);
        }
    }

    /// <summary>
    /// Writes the pages to <paramref name="body"/> from just after the positions they were started at, each in order,
    /// each update once, until the reader disconnects, the page is deleted or the server drains.
    /// <code>
    ///   ┌─▶ 1. frames in the rings? ──▶ write all there are ───────────────────┐
    ///   │   2. none, and a page is older than its ring? ─▶ write from history ─┼─▶ 4. flush once ─┐
    ///   │   3. nothing newer in any page? ─▶ wait; heartbeat ──────────────────┘                  │
    ///   └─────────────────────────────────────────────────────────────────────────────────────────┘
    /// </code>
    /// </summary>
    public async Task RunAsync(EventStreamBody body)
    {
        var output = new SubscriberOutput(body, _registry.Clock, _registry.Unsent, this);
        Volatile.Write(ref _output, output);
        _pages[0].WriteSnapshot(output);
        while (!MustStop && !HasEnded)
        {
            // 1. Frames in the rings.
            WriteFromRings(output);

            // 2. Older than the ring: while the store is read, nothing that was written waits to be sent.
            if (body.UnsentBytes == 0 && FindPageToRead() is { } page)
            {
                await page.WriteFromStoreAsync(output).ConfigureAwait(false);
                OnStoreRead(page);
            }

            // 3. Nothing newer.
            if (body.UnsentBytes == 0)
            {
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

            ReleaseSnapshots();
        }

        if (!_isDisconnected && await output.FlushAsync().ConfigureAwait(false))
        {
            WriteFilteredPosition(body);
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
        foreach (var page in _pages)
        {
            page.Leave(_registry.Clock.Tick);
        }

        _registry.OnSubscriberDisposed(this);
        _lease?.Dispose();
    }

    /// <summary>Like <see cref="EndGracefully"/>, but the caller wakes the subscriber.</summary>
    internal void MarkDraining() => _isDraining = true;

    /// <summary>An update was not written, because it does not pass the filter, and the position is after it.</summary>
    internal void OnFiltered() => _hasFiltered = true;

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

    // Begins with another page each time, so that none waits for long behind one with much to write.
    private void WriteFromRings(SubscriberOutput output)
    {
        for (var i = 0; i < _pages.Length && !output.IsFlushDue; i++)
        {
            _pages[_nextPage].WriteFromRing(output);
            _nextPage = (_nextPage + 1) % _pages.Length;
        }
    }

    // Begins after the page that was read last.
    private PageCursor? FindPageToRead()
    {
        for (var i = 0; i < _pages.Length; i++)
        {
            var page = _pages[(_nextRead + i) % _pages.Length];
            if (page.NeedsStore && !page.IsStoreUnavailable)
            {
                return page;
            }
        }

        return null;
    }

    // If the store has failed for one page, it is not asked for others before the next tick.
    private void OnStoreRead(PageCursor read)
    {
        _nextRead = (read.StreamIndex + 1) % _pages.Length;
        foreach (var page in _pages)
        {
            page.IsStoreUnavailable |= read.IsStoreUnavailable && page.NeedsStore;
        }
    }

    private void WriteHeartbeat(EventStreamBody body)
    {
        if (!WriteFilteredPosition(body))
        {
            body.Write(EventEncoder.Heartbeat);
        }
    }

    private bool WriteFilteredPosition(EventStreamBody body)
    {
        if (!_hasFiltered || Position is not { } position)
        {
            return false;
        }

        _hasFiltered = false;
        body.Write(EventEncoder.Position(position));
        return true;
    }

    private void ReleaseSnapshots()
    {
        foreach (var page in _pages)
        {
            page.ReleaseSnapshot();
        }
    }
}

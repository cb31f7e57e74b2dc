using System.IO.Pipelines;

namespace LiveStreams.Core.FanOut;

/// <summary>
/// One open event stream: a position in its page, and nothing else; no queue of its own. Replay, catching up after a slow spell, and
/// live are one loop (<see cref="RunAsync"/>), so memory is the same for a fast and a slow reader, and a slow one costs nobody else anything.
/// </summary>
public sealed class Subscriber : IDisposable
{
    private readonly PageFeed _feed;
    private readonly IPageLog _log;
    private readonly FanOutTimes _times;
    private readonly Action _abort;
    private readonly Feeds _feeds;
    private readonly long _liveFrom;

    private readonly Waiter _waiter = new();
    private UpdateId _position;
    private long _cursor;
    private bool _behindAndStoreAway;
    private SubscriberOutput? _output;
    private volatile bool _gone;
    private volatile bool _draining;

    internal Subscriber(PageFeed feed, IPageLog log, FanOutTimes times, Action abort, Feeds feeds)
    {
        _feed = feed;
        _log = log;
        _times = times;
        _abort = abort;
        _feeds = feeds;
        _liveFrom = feed.Tail.Ring.Next;
    }

    /// <summary>Its place in the feed's <see cref="Audience"/>, which alone uses it.</summary>
    internal int Seat { get; set; }

    /// <summary>
    /// Writes the page to <paramref name="writer"/> from just after <paramref name="start"/>, in order, each update once, until the
    /// reader is gone or the server drains.
    /// <code>
    ///   ┌─▶ 1. frames in the ring? ──▶ write all there are ─┐
    ///   │   2. older than the ring? ─▶ write from history ──┼─▶ 4. flush once ─┐
    ///   │   3. nothing newer? ───────▶ wait; heartbeat ─────┘                  │
    ///   └──────────────────────────────────────────────────────────────────────┘
    /// </code>
    /// </summary>
    public async Task RunAsync(StartPosition start, PipeWriter writer)
    {
        var output = new SubscriberOutput(writer, _times);
        Volatile.Write(ref _output, output);
        _position = start.Position;
        var isWish = start.IsWish;

        // Not after what came since the seat was taken: a live-only update has no sequence to find it by.
        _cursor = Math.Min(_feed.Tail.Seek(_position), _liveFrom);
        while (!_gone && !_draining)
        {
            // 1. Frames in the ring.
            if (!WriteRing(output))
            {
                // 2. Older than the ring. Off this thread: the wake that brought us here has other streams to serve.
                await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                await WriteHistoryAsync(output, isWish).ConfigureAwait(false);
            }

            isWish &= _behindAndStoreAway;

            // 3. Nothing newer.
            if (!output.HasUnflushed)
            {
                if (await _waiter.WaitAsync(this, static self => self.HasNews).ConfigureAwait(false) == Wake.News)
                {
                    continue;
                }

                output.Write(EventEncoder.Heartbeat);
            }

            // 4. Flush once.
            if (!await output.FlushAsync().ConfigureAwait(false))
            {
                _gone = true;
            }
        }

        if (!_gone)
        {
            output.Write(EventEncoder.Retry(_times.Options.JitteredRetry()));
            await output.FlushAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Ends the stream: its reader is gone.</summary>
    public void Close()
    {
        _gone = true;

        // A full fence: either the loop sees it before it waits, or its wait is seen here.
        Interlocked.MemoryBarrier();
        if (TryTake(Wake.News))
        {
            Resume();
        }
    }

    public void Dispose()
    {
        _feed.Leave(this, _times.Clock.Tick);
        _feeds.Left();
    }

    internal void MarkDraining() => _draining = true;

    /// <summary>Takes the subscriber out of its wait; whoever gets true must call <see cref="Resume"/>, once.</summary>
    internal bool TryTake(Wake wake) => _waiter.TryTake(wake);

    /// <summary>Like <see cref="TryTake"/> if something is due by the clock: a heartbeat, or another try at a store that was away.</summary>
    internal bool TryTakeDue(long tick) =>
        Volatile.Read(ref _output)?.IsHeartbeatDue(tick) is true ? TryTake(Wake.Heartbeat)
            : Volatile.Read(ref _behindAndStoreAway) && TryTake(Wake.News);

    /// <summary>Whether its reader has had all the time it may have for what was last written to it.</summary>
    internal bool IsStalled(long tick) => !_gone && Volatile.Read(ref _output)?.IsStalled(tick) is true;

    /// <summary>Cuts the connection.</summary>
    internal void Abort()
    {
        _gone = true;
        _abort();
    }

    /// <summary>Goes on with the loop, on this thread.</summary>
    internal void Resume() => _waiter.Resume();

    /// <summary>Whether it waits for news, a heartbeat or its end.</summary>
    internal bool IsWaiting => _waiter.IsWaiting;

    /// <summary>Whether it waits for its reader to take what was written.</summary>
    internal bool IsFlushing => Volatile.Read(ref _output)?.IsFlushing is true;

    private bool HasNews => _gone || _draining || (_feed.Tail.Ring.Next != _cursor && !_behindAndStoreAway);

    // False when the ring no longer holds what comes next.
    private bool WriteRing(SubscriberOutput output)
    {
        var ring = _feed.Tail.Ring;
        for (var end = ring.Next; _cursor < end && !output.IsFull; _cursor++)
        {
            if (ring[_cursor] is not { } frame)
            {
                return false;
            }

            if (frame.Id.IsNone)
            {
                // Live only: what was sent before this stream began, an earlier stream of the same reader may have shown.
                if (_cursor >= _liveFrom)
                {
                    output.Write(frame.Bytes);
                }
            }
            else if (frame.Id.Follows(_position))
            {
                output.Write(frame.Bytes);
                _position = frame.Id;
            }
            else if (frame.Id.Epoch != _position.Epoch || frame.Id.Sequence > _position.Sequence)
            {
                return false;
            }
        }

        return true;
    }

    // One that wished to see history gets what is left of it after a reset; one that held a position goes on live.
    private async ValueTask WriteHistoryAsync(SubscriberOutput output, bool isWish)
    {
        HistoryBlock block;
        var next = _feed.Tail.Ring.Next;
        try
        {
            block = await _log.ReadAsync(_feed.Page, _position, HistoryBlock.MaxUpdates, CancellationToken.None).ConfigureAwait(false);
        }
        catch (StoreUnavailableException)
        {
            // The stream stays open: it tries again with the next tick of the clock, or the next announcement.
            _behindAndStoreAway = true;
            return;
        }

        _behindAndStoreAway = false;
        if (block.Reset is { } reason)
        {
            _position = isWish ? block.Page.Earliest : block.Page.Head;
            output.Write(EventEncoder.Reset(reason, _position));
        }

        foreach (var update in block.Updates)
        {
            output.Write(EventEncoder.Encode(update.Id, update.Event, update.Data.Span));
            _position = update.Id;
        }

        // With nothing newer in the log, only what has come to the ring since can be.
        _cursor = _position == block.Page.Head ? next : _feed.Tail.Seek(_position);
    }
}

using LiveStreams.Core.Metrics;
using LiveStreams.Core.Unsent;

namespace LiveStreams.Core.FanOut;

/// <summary>
/// One open event stream. It is a position in each of its pages (<see cref="PageCursor"/>) and has no queue of its own.
/// Replay, catching up after a slow period, and live updates are one loop (<see cref="TryWriteAsync"/>), so memory is
/// the same for a fast and a slow reader, and a slow reader costs the others nothing.
/// </summary>
public sealed partial class Subscriber : IUnsentReader, IDisposable
{
    private const int NotTold = -1;

    private readonly FeedRegistry _registry;
    private readonly IStreamLease? _lease;
    private readonly StreamPages _pages;
    private SubscriberOutput? _output;
    private IStreamHost? _host;
    private readonly int _lastTick;
    private int _end = NotTold;
    private bool _hasMoved;
    private volatile bool _isDisconnected;
    private volatile bool _isDraining;
    private volatile bool _hasEnded;

    /// <summary>
    /// Joins the feeds of its pages. It must not start before <paramref name="opened"/> is completed.
    /// </summary>
    internal Subscriber(
        StreamScope scope, FeedRegistry registry, object owner, IStreamLease? lease, out Task opened)
    {
        Owner = owner;
        Presence = scope.WantsPresence ? new StreamPresence() : null;
        _registry = registry;
        _lease = lease;
        _lastTick = registry.Clock.DrawLastTick();
        _pages = new StreamPages(this, scope, registry, out opened);
    }

    /// <summary>The stream's position in each of its pages.</summary>
    public IReadOnlyList<PageCursor> Pages => _pages.Cursors;

    /// <summary>The position as a client sends it to resume; null if there is none yet.</summary>
    public string? Position => Format.GetPosition();

    public object Owner { get; }

    /// <summary>Whether the stream has ended.</summary>
    public bool HasEnded => _hasEnded;

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
    /// Starts to write the pages to <paramref name="body"/>, from just after the positions they were started at, each
    /// in order, each update once, until the reader disconnects, the page is deleted or the server drains. Returns when
    /// there is nothing more to write for now; <paramref name="host"/> learns when the stream has ended.
    /// </summary>
    public void Start(EventStreamBody body, IStreamHost host)
    {
        var output = new SubscriberOutput(body, _registry, this);
        _host = host;
        Volatile.Write(ref _output, output);
        _registry.Metrics.Streams.CountOpened();
        try
        {
            _pages.WriteReadSnapshot(output);
        }
        catch
        {
            SetError();
            throw;
        }

        _ = RunAsync(WakeReason.Work);
    }

    /// <summary>Like <see cref="Start"/>, and returns when the stream has ended.</summary>
    /// <param name="body">Where it writes to.</param>
    /// <param name="abort">Closes the connection.</param>
    /// <param name="closed">Canceled when the connection is closed.</param>
    public async Task RunAsync(EventStreamBody body, Action abort, CancellationToken closed)
    {
        var stream = new AwaitedStream(abort);
        using var registration = closed.UnsafeRegister(static self => ((Subscriber)self!).OnDisconnected(), this);
        Start(body, stream);
        await stream.Ended.ConfigureAwait(false);
    }

    /// <summary>Ends the stream because its reader has disconnected.</summary>
    public void OnDisconnected()
    {
        SetEnd(StreamEnd.Client);
        _isDisconnected = true;
        WakeNow();
    }

    /// <summary>
    /// Ends the stream gracefully, as soon as the reader has taken what is being written: the stream ends with the
    /// delay after which the client reconnects.
    /// </summary>
    public void EndGracefully(StreamEnd reason)
    {
        SetEnd(reason);
        _isDraining = true;
        WakeNow();
    }

    /// <summary>Ends the stream, because its reader is too slow. See <see cref="Abort(StreamEnd)"/>.</summary>
    public void Abort() => Abort(StreamEnd.Slow);

    /// <summary>Ends the stream, and closes its connection at once if it has started.</summary>
    public void Abort(StreamEnd reason)
    {
        SetEnd(reason);
        _isDisconnected = true;
        _host?.Abort();
    }

    public void Dispose()
    {
        _pages.Leave();
        _registry.OnSubscriberDisposed(this);
        if (_output is not null)
        {
            _registry.Metrics.Streams.CountClosed(_end == NotTold ? StreamEnd.Client : (StreamEnd)_end);
        }

        _lease?.Dispose();
    }

    /// <summary>An update was not written, because it does not pass the filter, and the position is after it.</summary>
    internal void OnFiltered() => _hasMoved = true;

    /// <summary>Claims the subscriber's wait if a heartbeat is due, or the end of a stream that is old.</summary>
    internal bool TryClaimIfDue(long tick)
    {
        if (tick >= _lastTick)
        {
            SetEnd(StreamEnd.Age);
            _isDraining = true;
            return WakeSignal.TryClaim(WakeReason.Work);
        }

        return Volatile.Read(ref _output)?.IsHeartbeatDue(tick) is true && WakeSignal.TryClaim(WakeReason.Heartbeat);
    }

    // The first reason is why it has ended; the others follow from it.
    private void SetEnd(StreamEnd reason) => Interlocked.CompareExchange(ref _end, (int)reason, NotTold);

    // It comes after a reason, if the last bytes cannot be written.
    private void SetError() => Volatile.Write(ref _end, (int)StreamEnd.Error);

    // A full fence: either the loop sees the flag that was set before it waits, or its wait is seen here.
    private void WakeNow()
    {
        Interlocked.MemoryBarrier();
        if (WakeSignal.TryClaim(WakeReason.Work))
        {
            Resume();
        }
    }
}

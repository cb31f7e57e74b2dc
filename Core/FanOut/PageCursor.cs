namespace LiveStreams.Core.FanOut;

/// <summary>
/// One subscriber's position in one page. It writes what comes next, from the ring while the ring holds it, otherwise
/// from history: each update once, in order.
/// </summary>
public sealed partial class PageCursor
{
    private const long NotInRing = -1;

    private readonly PageFeed _feed;
    private readonly long _firstLiveIndex;
    private readonly EventFilter _filter;
    private UpdateId _position;
    private bool _hasPosition;
    private bool _wantsSnapshots;
    private bool _historyRequested;
    private bool _needsSnapshot;
    private PageReset? _reset;
    private SnapshotLease? _snapshot;
    private long _ringIndex;
    private bool _isStoreUnavailable;

    internal PageCursor(PageFeed feed, Subscriber subscriber, EventFilter filter, int streamIndex)
    {
        (_feed, Subscriber, _filter, StreamIndex) = (feed, subscriber, filter, streamIndex);
        _firstLiveIndex = feed.Tail.Ring.Next;
    }

    public PageId Page => _feed.Page;

    /// <summary>
    /// The page's newest update; null if the log must be read to know it, or if that update has ended the page.
    /// </summary>
    public UpdateId? KnownHead => _feed.IsCurrent ? _feed.Tail.HeadUnlessEnded : null;

    /// <summary>The newest update that this process knows of. The log may have newer ones.</summary>
    public UpdateId NewestHere => _feed.Tail.Head;

    /// <summary>The page's tag in positions (<see cref="PositionEntry"/>).</summary>
    public int PageTag => _feed.PageTag;

    /// <summary>What comes next is after this; null until a snapshot has set it.</summary>
    public UpdateId? Position => _hasPosition ? _position : null;

    /// <summary>Whether a snapshot has been read and not sent.</summary>
    public bool HasSnapshot => _snapshot is not null;

    internal Subscriber Subscriber { get; }

    /// <summary>The page's index in the stream.</summary>
    internal int StreamIndex { get; }

    /// <summary>The cursor's index in the feed's <see cref="SubscriberSet"/>, which sets it.</summary>
    internal int SetIndex { get; set; }

    /// <summary>Whether the client has yet to be told why the stream does not start where it asked for.</summary>
    internal bool HasReset => _reset is not null;

    /// <summary>Whether what comes next must be read from the store.</summary>
    internal bool NeedsStore { get; private set; }

    /// <summary>
    /// Whether the store has failed, and is not to be asked before the next tick or the page's next announcement.
    /// </summary>
    internal bool IsStoreUnavailable
    {
        get => Volatile.Read(ref _isStoreUnavailable);
        set => Volatile.Write(ref _isStoreUnavailable, value);
    }

    /// <summary>Whether the page has been deleted, and the event that says so has ended the stream.</summary>
    internal bool HasEndedStream { get; private set; }

    internal bool HasNewFrames => _feed.Tail.Ring.Next != _ringIndex && !IsStoreUnavailable;

    /// <summary>
    /// The stream has written all updates of this page that were in the log at this moment, in Unix seconds, or
    /// <paramref name="now"/>. 0 while it waits for the store.
    /// </summary>
    internal long CompleteUntil(long now) => NeedsStore || IsStoreUnavailable ? 0 : _feed.CompleteUntil(now);

    /// <summary>Sets where the stream starts in this page.</summary>
    /// <param name="start">Where.</param>
    /// <param name="reset">Why that is not where the client asked for, or null.</param>
    public void Start(StartPosition start, PageReset? reset = null)
    {
        MoveTo(start.Position);
        _reset = reset;
        (_historyRequested, _wantsSnapshots) = (start.HistoryRequested, start.WantsSnapshots);

        // Not after what was added to the ring since this cursor was created: a live-only update has no sequence to
        // find it by.
        _ringIndex = Math.Min(_feed.Tail.Seek(start.Position), _firstLiveIndex);
    }

    /// <summary>Makes the stream start in this page with a snapshot, which is read when its turn comes.</summary>
    /// <param name="reset">Why that is not where the client asked for, or null.</param>
    public void StartWithSnapshot(PageReset? reset = null) =>
        (_needsSnapshot, _wantsSnapshots, _reset, _ringIndex) = (true, true, reset, NotInRing);

    /// <summary>Writes why the stream does not start where the client asked for, if it does not.</summary>
    internal void WriteReset(EventStreamBody body)
    {
        if (_reset is { } reset && !_needsSnapshot)
        {
            _feed.Metrics.Streams.CountReset(reset);
            Format.WriteReset(body, this, reset, HasSnapshot);
            _reset = null;
        }
    }

    /// <summary>
    /// Writes the frames in the ring until a flush is due; false when the ring no longer holds the next one. Then
    /// <see cref="NeedsStore"/> is true.
    /// </summary>
    internal bool WriteFromRing(SubscriberOutput output)
    {
        var unsent = output.Body.UnsentBytes;
        var frames = 0;
        NeedsStore = !TryWriteFromRing(output, ref frames);
        _feed.Metrics.Streams.CountFrames(frames, output.Body.UnsentBytes - unsent);
        _historyRequested &= NeedsStore;
        return !NeedsStore;
    }

    /// <summary>
    /// Claims the subscriber's wait if a read that failed is to be tried again, or a heartbeat is due.
    /// </summary>
    internal bool TryClaimIfDue(long tick)
    {
        var mustRetry = IsStoreUnavailable;
        IsStoreUnavailable = false;
        return Subscriber.TryClaimIfDue(tick) || (mustRetry && Subscriber.WakeSignal.TryClaim(WakeReason.Work));
    }

    /// <summary>Leaves the page's feed.</summary>
    internal void Leave(long tick)
    {
        ReleaseSnapshot();
        _feed.Remove(this, tick);
    }

    private StreamFormat Format => Subscriber.Format;

    private bool TryWriteFromRing(SubscriberOutput output, ref int frames)
    {
        var ring = _feed.Tail.Ring;
        for (var end = ring.Next; _ringIndex < end && !output.IsFlushDue && !HasEndedStream; _ringIndex++)
        {
            if (ring[_ringIndex] is not { } frame)
            {
                return false;
            }

            if (frame.Id.IsNone)
            {
                // Live only. One from before this stream started may have been sent on an earlier stream of the same
                // client.
                if (_ringIndex >= _firstLiveIndex)
                {
                    frames += Write(output, frame);
                }
            }
            else if (frame.Id.Follows(_position))
            {
                _position = frame.Id;
                frames += Write(output, frame);
                HasEndedStream = frame.IsEnd && Format.EndsWithPage;
            }
            else if (frame.Id.Epoch != _position.Epoch || frame.Id.Sequence > _position.Sequence)
            {
                return false;
            }
        }

        return true;
    }

    private void MoveTo(UpdateId position) => (_position, _hasPosition) = (position, true);

    // The number of frames written.
    private int Write(SubscriberOutput output, Frame frame)
    {
        if (!_filter.Passes(frame.EventName))
        {
            Format.OnFiltered(this);
            Subscriber.OnFiltered();
            return 0;
        }

        Format.WriteUpdate(output.Body, this, frame);
        return 1;
    }
}

using LiveStreams.Core.Unsent;

namespace LiveStreams.Core.FanOut;

/// <summary>
/// One subscriber's position in its page. It writes what comes next, from the ring while the ring holds it, otherwise
/// from history: each update once, in order.
/// </summary>
internal sealed class PageCursor(PageFeed feed, IUnsentReader reader)
{
    private readonly long _firstLiveIndex = feed.Tail.Ring.Next;
    private UpdateId _position;
    private bool _wantsSnapshots;
    private SnapshotLease? _snapshot;
    private long _ringIndex;
    private bool _isStoreUnavailable;

    /// <summary>Whether a snapshot has been read and not sent.</summary>
    public bool HasSnapshot => _snapshot is not null;

    /// <summary>Whether history is needed and the last read of it failed.</summary>
    public bool IsStoreUnavailable => Volatile.Read(ref _isStoreUnavailable);

    /// <summary>Whether the page has been deleted, and the event that says so is written.</summary>
    public bool HasWrittenEnd { get; private set; }

    public bool HasNewFrames => feed.Tail.Ring.Next != _ringIndex && !_isStoreUnavailable;

    /// <summary>
    /// Reads a snapshot, and keeps it for <see cref="WriteSnapshot"/> unless the page has ended.
    /// </summary>
    public async ValueTask<PageHead> ReadSnapshotAsync(CancellationToken cancellationToken)
    {
        // One that history has moved past gives a reset, and with it another snapshot.
        _snapshot = await feed.ReadSnapshotAsync(reader, isUsable: static _ => true, cancellationToken)
            .ConfigureAwait(false);
        var page = _snapshot.Snapshot.Page;
        if (page.IsEnded)
        {
            ReleaseSnapshot();
        }

        return page;
    }

    public void Start(StartPosition start)
    {
        (_position, _wantsSnapshots) = (start.Position, start.WantsSnapshots);

        // Not after what was added to the ring since this cursor was created: a live-only update has no sequence to
        // find it by.
        _ringIndex = Math.Min(feed.Tail.Seek(_position), _firstLiveIndex);
    }

    /// <summary>Writes the snapshot that has been read. It must be released when it has been sent.</summary>
    public void WriteSnapshot(SubscriberOutput output) => output.Body.Write(_snapshot!.Snapshot.Event);

    public void ReleaseSnapshot()
    {
        _snapshot?.Dispose();
        _snapshot = null;
    }

    /// <summary>
    /// Writes the frames in the ring until a flush is due; false when the ring no longer holds the next one.
    /// </summary>
    public bool WriteFromRing(SubscriberOutput output)
    {
        var ring = feed.Tail.Ring;
        for (var end = ring.Next; _ringIndex < end && !output.IsFlushDue && !HasWrittenEnd; _ringIndex++)
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
                    output.Body.Write(frame);
                }
            }
            else if (frame.Id.Follows(_position))
            {
                output.Body.Write(frame);
                _position = frame.Id;
                HasWrittenEnd = frame.IsEnd;
            }
            else if (frame.Id.Epoch != _position.Epoch || frame.Id.Sequence > _position.Sequence)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Writes a block of history. If history after the position is lost, it writes a reset. The subscriber then
    /// continues with a snapshot if it wants snapshots. If what it had not read was trimmed, it continues with live
    /// updates, unless it has just requested history (<paramref name="historyRequested"/>). Otherwise it continues with
    /// what is kept. If the page has been deleted, the end is written instead.
    /// </summary>
    public async ValueTask WriteFromHistoryAsync(SubscriberOutput output, bool historyRequested)
    {
        HistoryRead read;
        try
        {
            read = await feed.History.ReadAsync(_position).ConfigureAwait(false);
            if (read.Block.Reset is not null && _wantsSnapshots)
            {
                _snapshot = await feed.ReadSnapshotAsync(
                    reader,
                    isUsable: version => read.Block.Page.ResetFor(version.Page.Head) is null,
                    CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (StoreUnavailableException)
        {
            // The stream stays open. It tries again at the next tick of the clock, or at the next announcement.
            Volatile.Write(ref _isStoreUnavailable, true);
            return;
        }

        // Continues on another thread: many subscribers may wait for the same read, and would run one after another
        // here.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        Volatile.Write(ref _isStoreUnavailable, false);
        if (read.Block.Reset is { } reset)
        {
            WriteReset(output, reset, _snapshot?.Snapshot.Page ?? read.Block.Page, historyRequested);
            return;
        }

        foreach (var frame in read.Frames)
        {
            output.Body.Write(frame);
            _position = frame.Id;
        }

        // At the head of the log, only the ring can have something newer, added since the read started.
        _ringIndex = _position == read.Block.Page.Head ? read.RingNext : feed.Tail.Seek(_position);
    }

    private void WriteReset(SubscriberOutput output, PageReset reset, PageHead page, bool historyRequested)
    {
        if (page.IsEnded)
        {
            output.Body.Write(EventEncoder.End(page.Head));
            HasWrittenEnd = true;
            return;
        }

        if (HasSnapshot || (reset.Reason == ResetReason.Trimmed && !historyRequested))
        {
            reset = reset.ContinueAfter(page.Head);
        }

        _position = reset.From;
        output.Body.Write(EventEncoder.Reset(reset, snapshotFollows: HasSnapshot));
        if (HasSnapshot)
        {
            WriteSnapshot(output);
        }

        _ringIndex = feed.Tail.Seek(_position);
    }
}

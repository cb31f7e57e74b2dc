namespace LiveStreams.Core.FanOut;

/// <summary>
/// One subscriber's position in its page. It writes what comes next, from the ring while the ring holds it, otherwise
/// from history: each update once, in order.
/// </summary>
internal sealed class PageCursor(PageFeed feed)
{
    private readonly long _firstLiveIndex = feed.Tail.Ring.Next;
    private UpdateId _position;
    private bool _wantsSnapshots;
    private Snapshot? _snapshot;
    private long _ringIndex;
    private bool _isStoreUnavailable;

    /// <summary>Whether a snapshot has been read and not written.</summary>
    public bool HasSnapshot => _snapshot is not null;

    /// <summary>Whether history is needed and the last read of it failed.</summary>
    public bool IsStoreUnavailable => Volatile.Read(ref _isStoreUnavailable);

    /// <summary>Whether the page has been deleted, and the event that says so is written.</summary>
    public bool HasWrittenEnd { get; private set; }

    public bool HasNewFrames => feed.Tail.Ring.Next != _ringIndex && !_isStoreUnavailable;

    /// <summary>
    /// Reads a snapshot, and keeps it for <see cref="WriteSnapshotAsync"/> unless the page has ended.
    /// </summary>
    public async ValueTask<PageHead> ReadSnapshotAsync(CancellationToken cancellationToken)
    {
        var snapshot = await feed.Snapshots.ReadAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        _snapshot = snapshot.Page.IsEnded ? null : snapshot;
        return snapshot.Page;
    }

    public void Start(StartPosition start)
    {
        (_position, _wantsSnapshots) = (start.Position, start.WantsSnapshots);

        // Not after what was added to the ring since this cursor was created: a live-only update has no sequence to
        // find it by.
        _ringIndex = Math.Min(feed.Tail.Seek(_position), _firstLiveIndex);
    }

    /// <summary>
    /// Writes the snapshot that has been read, and releases it; false when the reader has disconnected.
    /// </summary>
    public ValueTask<bool> WriteSnapshotAsync(SubscriberOutput output)
    {
        // Not async, so that no state machine references the snapshot for longer than the write.
        var snapshot = _snapshot!;
        _snapshot = null;
        return output.WriteAsync(snapshot.Bytes);
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
    /// Writes a block of history; false when the reader has disconnected. If history after the position is lost, it
    /// writes a reset. The subscriber then continues with a snapshot if it wants snapshots. If what it had not read was
    /// trimmed, it continues with live updates, unless it has just requested history
    /// (<paramref name="historyRequested"/>). Otherwise it continues with what is kept. If the page has been deleted,
    /// the end is written instead.
    /// </summary>
    public async ValueTask<bool> WriteFromHistoryAsync(SubscriberOutput output, bool historyRequested)
    {
        HistoryRead read;
        Snapshot? snapshot = null;
        try
        {
            read = await feed.History.ReadAsync(_position).ConfigureAwait(false);
            if (read.Block.Reset is not null && _wantsSnapshots)
            {
                snapshot = await feed.Snapshots.ReadAsync().ConfigureAwait(false);
            }
        }
        catch (StoreUnavailableException)
        {
            // The stream stays open. It tries again at the next tick of the clock, or at the next announcement.
            Volatile.Write(ref _isStoreUnavailable, true);
            return true;
        }

        // Continues on another thread: many subscribers may wait for the same read, and would run one after another
        // here.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        Volatile.Write(ref _isStoreUnavailable, false);
        if (read.Block.Reset is { } reset)
        {
            var page = snapshot?.Page ?? read.Block.Page;
            return await WriteResetAsync(output, reset, page, historyRequested, snapshot).ConfigureAwait(false);
        }

        foreach (var frame in read.Frames)
        {
            output.Body.Write(frame);
            _position = frame.Id;
        }

        // At the head of the log, only the ring can have something newer, added since the read started.
        _ringIndex = _position == read.Block.Page.Head ? read.RingNext : feed.Tail.Seek(_position);
        return true;
    }

    private async ValueTask<bool> WriteResetAsync(
        SubscriberOutput output,
        PageReset reset,
        PageHead page,
        bool historyRequested,
        Snapshot? snapshot)
    {
        if (page.IsEnded)
        {
            output.Body.Write(EventEncoder.End(page.Head));
            HasWrittenEnd = true;
            return true;
        }

        if (snapshot is not null || (reset.Reason == ResetReason.Trimmed && !historyRequested))
        {
            reset = reset.ContinueAfter(page.Head);
        }

        _position = reset.From;
        output.Body.Write(EventEncoder.Reset(reset, snapshotFollows: snapshot is not null));
        var isConnected = snapshot is null || await output.WriteAsync(snapshot.Bytes).ConfigureAwait(false);
        _ringIndex = feed.Tail.Seek(_position);
        return isConnected;
    }
}

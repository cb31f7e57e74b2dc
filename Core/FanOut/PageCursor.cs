namespace LiveStreams.Core.FanOut;

/// <summary>
/// How far one subscriber has come in its page, and what comes next: out of the ring while that holds it, else out of history. Each update once, in order.
/// </summary>
internal sealed class PageCursor(PageFeed feed)
{
    private readonly long _liveFrom = feed.Tail.Ring.Next;
    private UpdateId _position;
    private bool _wantsSnapshots;
    private long _index;
    private bool _isStoreAway;

    /// <summary>Whether history is needed and could not be read.</summary>
    public bool IsStoreAway => Volatile.Read(ref _isStoreAway);

    /// <summary>Whether the page has been deleted, and the reader has been told.</summary>
    public bool IsAtEnd { get; private set; }

    public bool HasNews => feed.Tail.Ring.Next != _index && !_isStoreAway;

    public void Begin(StartPosition start)
    {
        (_position, _wantsSnapshots) = (start.Position, start.WantsSnapshots);

        // Not after what came since the lease was taken: a live-only update has no sequence to find it by.
        _index = Math.Min(feed.Tail.Seek(_position), _liveFrom);
    }

    /// <summary>Writes what the ring has, until the output is full; false when the ring no longer holds what comes next.</summary>
    public bool WriteRing(SubscriberOutput output)
    {
        var ring = feed.Tail.Ring;
        for (var end = ring.Next; _index < end && !output.IsFull && !IsAtEnd; _index++)
        {
            if (ring[_index] is not { } frame)
            {
                return false;
            }

            if (frame.Id.IsNone)
            {
                // Live only: what was sent before this stream began, an earlier stream of the same reader may have shown.
                if (_index >= _liveFrom)
                {
                    output.Body.Write(frame);
                }
            }
            else if (frame.Id.Follows(_position))
            {
                output.Body.Write(frame);
                _position = frame.Id;
                IsAtEnd = frame.IsEnd;
            }
            else if (frame.Id.Epoch != _position.Epoch || frame.Id.Sequence > _position.Sequence)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Writes a block of history; false when the reader is gone. After a reset one that wishes for snapshots gets one; one that wished to see history
    /// (<paramref name="historyRequested"/>) gets what is left of it; one that held a position goes on live. When the page has been deleted, it is told that.
    /// </summary>
    public async ValueTask<bool> WriteHistoryAsync(SubscriberOutput output, bool historyRequested)
    {
        HistoryRead read;
        Snapshot? snapshot;
        try
        {
            read = await feed.History.ReadAsync(_position).ConfigureAwait(false);
            snapshot = read.Block.Reset is not null && _wantsSnapshots ? await feed.Snapshots.ReadAsync().ConfigureAwait(false) : null;
        }
        catch (StoreUnavailableException)
        {
            // The stream stays open: it tries again with the next tick of the clock, or the next announcement.
            Volatile.Write(ref _isStoreAway, true);
            return true;
        }

        // Each on a thread of its own, not in line after all the others that have waited for the same.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        Volatile.Write(ref _isStoreAway, false);
        if (read.Block.Reset is { } reason)
        {
            return await WriteResetAsync(output, reason, snapshot?.Page ?? read.Block.Page, historyRequested, snapshot).ConfigureAwait(false);
        }

        foreach (var frame in read.Frames)
        {
            output.Body.Write(frame);
            _position = frame.Id;
        }

        // With nothing newer in the log, only what has come to the ring since can be.
        _index = _position == read.Block.Page.Head ? read.RingNext : feed.Tail.Seek(_position);
        return true;
    }

    private async ValueTask<bool> WriteResetAsync(SubscriberOutput output, ResetReason reason, PageHead page, bool historyRequested, Snapshot? snapshot)
    {
        if (page.IsEnded)
        {
            output.Body.Write(EventEncoder.End(page.Head));
            IsAtEnd = true;
            return true;
        }

        _position = historyRequested && snapshot is null ? page.Earliest : page.Head;
        output.Body.Write(EventEncoder.Reset(reason, _position, snapshotFollows: snapshot is not null));
        var isThere = snapshot is null || await output.WriteAsync(snapshot.Bytes).ConfigureAwait(false);
        _index = feed.Tail.Seek(_position);
        return isThere;
    }
}

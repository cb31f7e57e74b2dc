namespace LiveStreams.Core.FanOut;

// What is read from the store: snapshots, and updates that the ring does not hold.
public sealed partial class PageCursor
{
    /// <summary>
    /// Reads a snapshot, which is then the first that the stream writes of this page, unless the page has ended.
    /// <see cref="Start"/> must be given the head of the result as the position.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The store cannot be reached.</exception>
    public async ValueTask<PageHead> ReadSnapshotAsync(CancellationToken cancellationToken)
    {
        // One that history has moved past gives a reset, and with it another snapshot.
        _snapshot = await _feed.ReadSnapshotAsync(Subscriber, isUsable: static _ => true, cancellationToken)
            .ConfigureAwait(false);
        var page = _snapshot.Snapshot.Page;
        if (page.IsEnded)
        {
            ReleaseSnapshot();
        }

        return page;
    }

    /// <summary>
    /// Writes what comes next from the store: a snapshot, or a block of history. False when the reader has
    /// disconnected.
    /// </summary>
    internal async ValueTask<bool> WriteFromStoreAsync(SubscriberOutput output)
    {
        var isConnected = true;
        if (_needsSnapshot)
        {
            await WriteFirstSnapshotAsync(output).ConfigureAwait(false);
        }
        else
        {
            isConnected = await WriteFromHistoryAsync(output).ConfigureAwait(false);
        }

        _historyRequested &= IsStoreUnavailable;
        return isConnected;
    }

    // The first snapshot of a page, with the reset that it follows.
    private async ValueTask WriteFirstSnapshotAsync(SubscriberOutput output)
    {
        PageHead page;
        try
        {
            page = await ReadSnapshotAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (StoreUnavailableException)
        {
            IsStoreUnavailable = true;
            return;
        }

        // Continues on another thread, as after a read of history.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        _needsSnapshot = false;
        if (_reset is { } reset)
        {
            WriteReset(output, reset, page, historyRequested: true);
        }
        else
        {
            MoveTo(page.Head);
            WriteSnapshot(output);
        }

        _reset = null;
        _ringIndex = Math.Min(_feed.Tail.Seek(_position), _firstLiveIndex);
    }

    /// <summary>
    /// Writes a block of history. If history after the position is lost, it writes a reset. The subscriber then
    /// continues with a snapshot if it wants snapshots. If what it had not read was trimmed, it continues with live
    /// updates, unless it has just requested history. Otherwise it continues with what is kept. If the page has been
    /// deleted, the end is written instead. False when the reader has disconnected.
    /// </summary>
    private async ValueTask<bool> WriteFromHistoryAsync(SubscriberOutput output)
    {
        HistoryRead read;
        try
        {
            read = await _feed.History.ReadAsync(_position).ConfigureAwait(false);
            if (read.Block.Reset is not null && _wantsSnapshots)
            {
                _snapshot = await _feed.ReadSnapshotAsync(
                    Subscriber,
                    isUsable: version => read.Block.Page.ResetFor(version.Page.Head) is null,
                    CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (StoreUnavailableException)
        {
            // The stream stays open. It tries again at the next tick of the clock, or at the next announcement.
            IsStoreUnavailable = true;
            return true;
        }

        // Continues on another thread: many subscribers may wait for the same read, and would run one after another
        // here.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        if (read.Block.Reset is { } reset)
        {
            WriteReset(output, reset, _snapshot?.Snapshot.Page ?? read.Block.Page, _historyRequested);
            _ringIndex = _feed.Tail.Seek(_position);
            return true;
        }

        _feed.Metrics.Streams.CountReplayed(read.Frames.Length);
        foreach (var frame in read.Frames)
        {
            _position = frame.Id;
            var unsent = output.Body.UnsentBytes;
            var frames = Write(output, frame);
            _feed.Metrics.Streams.CountFrames(frames, output.Body.UnsentBytes - unsent);

            // In envelopes a block has more bytes than it was read with, and more than its last frame may be large.
            if (output.IsFull && !await output.FlushAsync().ConfigureAwait(false))
            {
                return false;
            }
        }

        // At the head of the log, only the ring can have something newer, added since the read started.
        _ringIndex = _position == read.Block.Page.Head ? read.RingNext : _feed.Tail.Seek(_position);
        return true;
    }

    private void WriteReset(SubscriberOutput output, PageReset reset, PageHead page, bool historyRequested)
    {
        if (page.IsEnded)
        {
            ReleaseSnapshot();
            MoveTo(page.Head);
            Format.WriteEnd(output.Body, this);
            HasEndedStream = Format.EndsWithPage;
            return;
        }

        if (HasSnapshot || (reset.Reason == ResetReason.Trimmed && !historyRequested))
        {
            reset = reset.ContinueAfter(page.Head);
        }

        MoveTo(reset.From);
        _feed.Metrics.Streams.CountReset(reset);
        Format.WriteReset(output.Body, this, reset, snapshotFollows: HasSnapshot);
        WriteSnapshot(output);
    }

    /// <summary>
    /// Writes the snapshot that has been read, if there is one. It is released when it has been sent.
    /// </summary>
    internal void WriteSnapshot(SubscriberOutput output)
    {
        if (_snapshot is { } lease)
        {
            Format.WriteSnapshot(output.Body, this, lease.Snapshot);
        }
    }

    internal void ReleaseSnapshot()
    {
        _snapshot?.Dispose();
        _snapshot = null;
    }
}

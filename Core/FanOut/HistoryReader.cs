namespace LiveStreams.Core.FanOut;

/// <summary>The result of one read of history.</summary>
/// <param name="Block">The block that was read.</param>
/// <param name="Frames">The block's updates, encoded.</param>
/// <param name="RingNext">
/// The end of the page's ring when the read started. What was not in the log then is added to the ring from this
/// index on.
/// </param>
internal sealed record HistoryRead(HistoryBlock Block, Frame[] Frames, long RingNext);

/// <summary>
/// Reads a page's history for its subscribers. Subscribers that lose their connections together reconnect together,
/// with the same position: they share one read, and its frames, instead of sending thousands of reads to the store.
/// </summary>
internal sealed class HistoryReader(PageId page, IPageLog log, FrameRing ring)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<UpdateId, Task<HistoryRead>> _pendingReads = [];

    /// <summary>Reads a block right after a position.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be reached.</exception>
    public Task<HistoryRead> ReadAsync(UpdateId after)
    {
        lock (_gate)
        {
            if (!_pendingReads.TryGetValue(after, out var read))
            {
                _pendingReads[after] = read = ReadFromLogAsync(after);
            }

            return read;
        }
    }

    // Continues on another thread first: some engines read on the caller's thread, and the caller holds the lock.
    private async Task<HistoryRead> ReadFromLogAsync(UpdateId after)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            var ringNext = ring.Next;
            var block = await log.ReadAsync(page, after, HistoryBlock.MaxUpdates, CancellationToken.None)
                .ConfigureAwait(false);
            Frame[] frames = [.. block.Updates.Select(update => Frame.Create(update, update.Id))];
            return new HistoryRead(block, frames, ringNext);
        }
        finally
        {
            lock (_gate)
            {
                _pendingReads.Remove(after);
            }
        }
    }
}

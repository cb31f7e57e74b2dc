namespace LiveStreams.Core.FanOut;

/// <summary>
/// A page's readings of history that are under way. Subscribers that are cut off together come back together, with the same position: they share one reading,
/// and its frames, instead of asking the store thousands of times.
/// </summary>
internal sealed class HistoryReads(PageId page, IPageLog log, FrameRing ring)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<UpdateId, Task<HistoryRead>> _underWay = [];

    /// <summary>Reads a block right after a position.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be reached.</exception>
    public Task<HistoryRead> ReadAsync(UpdateId after)
    {
        lock (_gate)
        {
            if (!_underWay.TryGetValue(after, out var read))
            {
                _underWay[after] = read = ReadNewAsync(after);
            }

            return read;
        }
    }

    // Begins on another thread: some engines read on the caller's, who holds the lock.
    private async Task<HistoryRead> ReadNewAsync(UpdateId after)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            var next = ring.Next;
            var block = await log.ReadAsync(page, after, HistoryBlock.MaxUpdates, CancellationToken.None).ConfigureAwait(false);
            return new HistoryRead(block, [.. block.Updates.Select(update => Frame.Of(update, update.Id))], next);
        }
        finally
        {
            lock (_gate)
            {
                _underWay.Remove(after);
            }
        }
    }
}

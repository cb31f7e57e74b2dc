namespace LiveStreams.Core.FanOut;

/// <summary>The result of one read of history.</summary>
/// <param name="Block">The block that was read.</param>
/// <param name="Frames">The block's first updates, encoded. A large frame is the last one.</param>
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
    private readonly LargeFrames _largeFrames = new();

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
            return new HistoryRead(block, [.. Encode(block.Updates)], ringNext);
        }
        finally
        {
            lock (_gate)
            {
                _pendingReads.Remove(after);
            }
        }
    }

    // As many as a subscriber writes at once: encoded, an update has up to seven times its bytes.
    private IEnumerable<Frame> Encode(IReadOnlyList<Update> updates)
    {
        var bytes = 0;
        foreach (var update in updates)
        {
            if (bytes > 0 && bytes + update.Data.Length > HistoryBlock.MaxBytes)
            {
                yield break;
            }

            var frame = _largeFrames.GetOrCreate(update);
            bytes += frame.Length;
            if (bytes > frame.Length && bytes > HistoryBlock.MaxBytes)
            {
                yield break;
            }

            yield return frame;
            if (frame.Charge is not null)
            {
                yield break;
            }
        }
    }
}

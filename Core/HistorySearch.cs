namespace LiveStreams.Core;

/// <summary>
/// Finds a position in a page's history by time. Sequences are contiguous and times never fall, so a binary search
/// works with every engine.
/// </summary>
public static class HistorySearch
{
    /// <summary>The position before the first kept update that is not older than <paramref name="moment"/>.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be reached.</exception>
    public static async ValueTask<UpdateId> PositionAtAsync(
        IPageLog log,
        PageId page,
        DateTimeOffset moment,
        CancellationToken cancellationToken)
    {
        var head = await log.HeadAsync(page, cancellationToken).ConfigureAwait(false);
        var (low, high) = (head.OldestSequence, head.Head.Sequence + 1);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            var block = await log.ReadAsync(page, head.Head.Before(middle), limit: 1, cancellationToken)
                .ConfigureAwait(false);

            // An update that has been trimmed since the head was read counts as older.
            var isBefore = block.Updates.Count == 0 || block.Updates[0].Time < moment;
            (low, high) = isBefore ? (middle + 1, high) : (low, middle);
        }

        return head.Head.IsNone ? head.Head : head.Head.Before(low);
    }
}

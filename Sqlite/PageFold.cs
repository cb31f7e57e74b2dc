using LiveStreams.Core;

namespace LiveStreams.Sqlite;

/// <summary>
/// Folds one page: writes its pending updates to <c>history</c>, next to each other, so that one leaf of the B-tree
/// takes many of them; their changes to its posts to <c>post</c>; its keys to <c>idempotency</c>; its state to
/// <c>page</c>. Called inside a transaction.
/// </summary>
internal sealed class PageFold(FileConnection connection, HistoryTable history, PostTable posts, HistoryOptions limits)
{
    /// <summary>
    /// The most rows over the limit that are removed with one page, in addition to as many as it adds.
    /// </summary>
    private const int MaxRemoved = 2000;

    private readonly Statement _updatePage = connection.Prepare(
        """
        UPDATE page SET sequence = max(sequence, $sequence), time = max(time, $time), ended = max(ended, $ended)
        WHERE id = $page
        """);

    private readonly Statement _upsertKey = connection.Prepare(
        """
        INSERT INTO idempotency (page, key, sequence, time, digest) VALUES ($page, $key, $sequence, $time, $digest)
        ON CONFLICT (page, key)
        DO UPDATE SET sequence = excluded.sequence, time = excluded.time, digest = excluded.digest
        WHERE excluded.time > time
        """);

    public void Fold(PendingPage page)
    {
        var updates = page.Updates.Span;
        var endSequence = ChangePosts(page.RowId, updates);
        if (!updates.IsEmpty)
        {
            var (begin, end) = (updates[0].Update.Id.Sequence, updates[^1].Update.Id.Sequence);
            var keepFrom = Math.Max(end - limits.For(page.Id).MaxUpdates, endSequence) + 1;
            var first = RemoveOld(page.RowId, begin, end, keepFrom);
            foreach (var pending in updates[(int)(first - begin)..])
            {
                history.Append(page.RowId, pending.Update);
            }
        }

        _updatePage.Execute(updates.IsEmpty ? 0 : updates[^1].Update.Id.Sequence, page.Time, endSequence, page.RowId);
        foreach (var (key, use) in page.Keys)
        {
            _upsertKey.Execute(page.RowId, key, use.Sequence, use.Time, use.Digest);
        }
    }

    // Returns the sequence of the last update that ends the page, or 0.
    private long ChangePosts(long page, ReadOnlySpan<PendingUpdate> updates)
    {
        var endSequence = 0L;
        foreach (var pending in updates)
        {
            if (pending.IsEnd)
            {
                endSequence = pending.Update.Id.Sequence;
                posts.RemoveAll(page);
            }
            else if (pending.Posts is { } changes)
            {
                posts.Apply(page, changes);
            }
        }

        return endSequence;
    }

    // Removes rows over the limit, and returns the sequence of the first update that needs a row. If so many rows are
    // over the limit that the trimmer has to remove the rest, every update gets a row, so that history never has a gap.
    private long RemoveOld(long page, long first, long last, long keepFrom)
    {
        var oldest = history.Oldest(page) ?? first;
        var maxRemoved = MaxRemoved + (last - first + 1);
        if (first - oldest > maxRemoved)
        {
            keepFrom = Math.Min(keepFrom, oldest + maxRemoved);
        }

        if (keepFrom > oldest)
        {
            history.RemoveBefore(page, keepFrom);
        }

        return Math.Max(first, keepFrom);
    }
}

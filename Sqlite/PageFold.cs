using LiveStreams.Core;

namespace LiveStreams.Sqlite;

/// <summary>
/// Moves what is pending of one page to where it is kept: its updates to history, next to each other, so that one leaf of the file
/// takes many of them; what they do to its posts; its keys; its state. The caller has begun a transaction.
/// </summary>
internal sealed class PageFold(FileConnection connection, HistoryTable history, PostTable posts, HistoryOptions limits)
{
    /// <summary>The most rows over the limit that go with one page, beyond as many as come.</summary>
    private const int MaxRemoved = 2000;

    private readonly Statement _move = connection.Prepare(
        "UPDATE page SET sequence = max(sequence, $sequence), time = max(time, $time), ended = max(ended, $ended) WHERE id = $page");

    private readonly Statement _remember = connection.Prepare(
        """
        INSERT INTO idempotency (page, key, sequence, time) VALUES ($page, $key, $sequence, $time)
        ON CONFLICT (page, key) DO UPDATE SET sequence = excluded.sequence, time = excluded.time WHERE excluded.time > time
        """);

    public void Move(PendingPage page)
    {
        var updates = page.Updates.Span;
        var ended = ChangePosts(page.Key, updates);
        if (!updates.IsEmpty)
        {
            var (begin, end) = (updates[0].Update.Id.Sequence, updates[^1].Update.Id.Sequence);
            var first = RemoveOld(page.Key, begin, end, keepFrom: Math.Max(end - limits.For(page.Id).MaxUpdates, ended) + 1);
            foreach (var pending in updates[(int)(first - begin)..])
            {
                history.Append(page.Key, pending.Update);
            }
        }

        _move.Execute(updates.IsEmpty ? 0 : updates[^1].Update.Id.Sequence, page.Time, ended, page.Key);
        foreach (var (key, answer) in page.Keys)
        {
            _remember.Execute(page.Key, key, answer.Sequence, answer.Time);
        }
    }

    // Returns the sequence of the last of them that ends the page, or 0.
    private long ChangePosts(long page, ReadOnlySpan<PendingUpdate> updates)
    {
        var ended = 0L;
        foreach (var pending in updates)
        {
            if (pending.IsEnd)
            {
                ended = pending.Update.Id.Sequence;
                posts.RemoveAll(page);
            }
            else if (pending.Posts is { } changes)
            {
                posts.Apply(page, changes);
            }
        }

        return ended;
    }

    // Removes rows over the limit, and returns the first of the updates that are worth a row. When so much is over the limit that the
    // rest of it is left to the trimmer, every update gets a row, so that history never has a hole.
    private long RemoveOld(long page, long first, long last, long keepFrom)
    {
        var oldest = history.Oldest(page) ?? first;
        var mayRemove = MaxRemoved + (last - first + 1);
        if (first - oldest > mayRemove)
        {
            keepFrom = Math.Min(keepFrom, oldest + mayRemove);
        }

        if (keepFrom > oldest)
        {
            history.RemoveBefore(page, keepFrom);
        }

        return Math.Max(first, keepFrom);
    }
}

using LiveStreams.Core;

namespace LiveStreams.Sqlite;

/// <summary>
/// Moves what is pending of one page to where it is kept: its updates to history, next to each other, so that one leaf of the file
/// takes many of them; its keys; its state. The caller has begun a transaction.
/// </summary>
internal sealed class PageFold(FileConnection connection, HistoryTable history, HistoryOptions limits)
{
    /// <summary>The most rows over the limit that go with one page, beyond as many as come.</summary>
    private const int MaxRemoved = 2000;

    private readonly Statement _move = connection.Prepare(
        "UPDATE page SET sequence = max(sequence, $sequence), time = max(time, $time) WHERE id = $page");

    private readonly Statement _remember = connection.Prepare(
        """
        INSERT INTO idempotency (page, key, sequence, time) VALUES ($page, $key, $sequence, $time)
        ON CONFLICT (page, key) DO UPDATE SET sequence = excluded.sequence, time = excluded.time WHERE excluded.time > time
        """);

    public void Move(PendingPage page)
    {
        var updates = page.Updates.Span;
        if (!updates.IsEmpty)
        {
            var first = RemoveOld(page.Key, updates[0].Id.Sequence, updates[^1].Id.Sequence, limits.For(page.Id).MaxUpdates);
            foreach (var update in updates[(int)(first - updates[0].Id.Sequence)..])
            {
                history.Append(page.Key, update);
            }
        }

        _move.Execute(updates.IsEmpty ? 0 : updates[^1].Id.Sequence, page.Time, page.Key);
        foreach (var (key, answer) in page.Keys)
        {
            _remember.Execute(page.Key, key, answer.Sequence, answer.Time);
        }
    }

    // Removes rows over the limit, and returns the first of the updates that are worth a row. When so much is over the limit that the
    // rest of it is left to the trimmer, every update gets a row, so that history never has a hole.
    private long RemoveOld(long page, long first, long last, int maxUpdates)
    {
        var keepFrom = last - maxUpdates + 1;
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

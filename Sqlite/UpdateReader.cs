using LiveStreams.Core;

namespace LiveStreams.Sqlite;

/// <summary>
/// Reads blocks of a page's updates on a reading connection, from the file and from what is pending. What is in both is
/// read once.
/// </summary>
internal sealed class UpdateReader(FileConnection connection)
{
    private readonly Statement _after = connection.Prepare(
        """
        SELECT sequence, time, event, data FROM history
        WHERE page = $page AND sequence > $after ORDER BY sequence LIMIT $limit
        """);

    private readonly Statement _before = connection.Prepare(
        """
        SELECT sequence, time, event, data FROM history
        WHERE page = $page AND sequence >= $oldest AND sequence < $before ORDER BY sequence DESC LIMIT $limit
        """);

    /// <summary>The updates right after a sequence, which is not before the oldest that is kept.</summary>
    public HistoryBlock ReadAfter(
        long page, ReadOnlySpan<PendingUpdate> pending, PageHead head, long after, int limit)
    {
        var block = new BlockBuilder(limit);
        using (var rows = _after.Query(page, after, limit))
        {
            after = AddRows(block, rows, head.Head.Epoch) ?? after;
        }

        var next = IndexOf(pending, after + 1);
        while (next < pending.Length && block.TryAdd(pending[next].Update))
        {
            next++;
        }

        return block.After(head);
    }

    /// <summary>The kept updates right before a sequence, which is not after the newest.</summary>
    public HistoryBlock ReadBefore(
        long page, ReadOnlySpan<PendingUpdate> pending, PageHead head, long before, int limit)
    {
        var block = new BlockBuilder(limit);
        var begin = IndexOf(pending, head.OldestSequence);
        for (var end = IndexOf(pending, before); end > begin; end--)
        {
            // If the file has newer updates than those pending, it has these too: they were folded meanwhile.
            var update = pending[end - 1].Update;
            if (update.Id.Sequence != before - 1 || !block.TryAdd(update))
            {
                break;
            }

            before--;
        }

        if (!block.IsFull)
        {
            using var rows = _before.Query(page, head.OldestSequence, before, limit);
            AddRows(block, rows, head.Head.Epoch);
        }

        return block.Before(head);
    }

    // The sequence of the last row that was added, or null.
    private static long? AddRows(BlockBuilder block, Rows rows, long epoch)
    {
        long? last = null;
        while (!block.IsFull && rows.Read())
        {
            var id = new UpdateId(epoch, rows.GetInt64(0));
            var time = DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(1));
            var name = rows.IsNull(2) ? null : rows.GetString(2);
            if (block.TryAdd(new Update(id, name, rows.GetBytes(3), time)))
            {
                last = id.Sequence;
            }
        }

        return last;
    }

    // Where a sequence is in what is pending, or would be.
    private static int IndexOf(ReadOnlySpan<PendingUpdate> pending, long sequence) =>
        pending.IsEmpty ? 0 : (int)Math.Clamp(sequence - pending[0].Update.Id.Sequence, 0, pending.Length);
}

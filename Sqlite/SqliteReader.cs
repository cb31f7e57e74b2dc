using LiveStreams.Core;

namespace LiveStreams.Sqlite;

/// <summary>
/// One read-only connection. What it reads in one call is of one moment (a read transaction), joined with the page's pending
/// updates, which its caller took before: they begin, at the latest, right after what history then held. Not for two threads at once.
/// </summary>
internal sealed class SqliteReader : IDisposable
{
    private readonly FileConnection _connection;
    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly Statement _page;
    private readonly Statement _oldest;
    private readonly Statement _updates;

    public SqliteReader(FileConnection connection)
    {
        _connection = connection;
        _begin = connection.Prepare("BEGIN");
        _commit = connection.Prepare("COMMIT");
        _page = connection.Prepare("SELECT id, epoch, sequence FROM page WHERE name = $name");
        _oldest = connection.Prepare(
            "SELECT sequence FROM history WHERE page = $page AND sequence > $floor AND time >= $cutoff ORDER BY sequence LIMIT 1");
        _updates = connection.Prepare(
            "SELECT sequence, time, event, data FROM history WHERE page = $page AND sequence > $after ORDER BY sequence LIMIT $limit");
    }

    public PageHead Head(PageId page, ReadOnlyMemory<Update> pending, HistoryLimits limits, DateTimeOffset now) =>
        InOneMoment(() => Head(page, pending.Span, limits, now, out _));

    public HistoryBlock Read(
        PageId page, ReadOnlyMemory<Update> pending, UpdateId after, int limit, HistoryLimits limits, DateTimeOffset now) => InOneMoment(() =>
    {
        var head = Head(page, pending.Span, limits, now, out var pageKey);
        return head.Judge(after) is { } reset
            ? new HistoryBlock(head, [], reset)
            : new HistoryBlock(head, ReadUpdates(pageKey, pending.Span, head.Head.Epoch, after.Sequence, limit), Reset: null);
    });

    public void Dispose() => _connection.Dispose();

    private T InOneMoment<T>(Func<T> read)
    {
        _begin.Execute();
        try
        {
            return read();
        }
        finally
        {
            _commit.Execute();
        }
    }

    // What is over the limits but not yet trimmed from the file is already gone for readers.
    private PageHead Head(PageId page, ReadOnlySpan<Update> pending, HistoryLimits limits, DateTimeOffset now, out long pageKey)
    {
        using var row = _page.Query(page.Value);
        if (!row.Read())
        {
            pageKey = 0;
            return PageHead.Empty;
        }

        pageKey = row.Number(0);
        var head = new UpdateId(row.Number(1), Math.Max(row.Number(2), pending.IsEmpty ? 0 : pending[^1].Id.Sequence));
        return head.Sequence == 0 ? PageHead.Empty : new PageHead(head, Oldest(pageKey, pending, head.Sequence, limits, now));
    }

    private long Oldest(long pageKey, ReadOnlySpan<Update> pending, long newest, HistoryLimits limits, DateTimeOffset now)
    {
        var floor = newest - limits.MaxUpdates;
        var cutoff = (now - limits.MaxAge).ToUnixTimeMilliseconds();
        if (_oldest.Number(pageKey, floor, cutoff) is { } oldest)
        {
            return oldest;
        }

        foreach (var update in pending)
        {
            if (update.Id.Sequence > floor && update.Time.ToUnixTimeMilliseconds() >= cutoff)
            {
                return update.Id.Sequence;
            }
        }

        return newest + 1;
    }

    private List<Update> ReadUpdates(long pageKey, ReadOnlySpan<Update> pending, long epoch, long after, int limit)
    {
        var block = new List<Update>();
        var bytes = 0L;
        using var rows = _updates.Query(pageKey, after, limit);
        while (rows.Read())
        {
            var id = new UpdateId(epoch, rows.Number(0));
            var name = rows.IsNull(2) ? null : rows.Text(2);
            if (!TryAdd(block, new Update(id, name, rows.Blob(3), DateTimeOffset.FromUnixTimeMilliseconds(rows.Number(1))), limit, ref bytes))
            {
                return block;
            }
        }

        var last = block.Count > 0 ? block[^1].Id.Sequence : after;
        var begin = pending.IsEmpty ? 0 : (int)Math.Clamp(last + 1 - pending[0].Id.Sequence, 0, pending.Length);
        foreach (var update in pending[begin..])
        {
            if (!TryAdd(block, update, limit, ref bytes))
            {
                break;
            }
        }

        return block;
    }

    private static bool TryAdd(List<Update> block, Update update, int limit, ref long bytes)
    {
        bytes += update.Data.Length;
        if (block.Count == limit || (block.Count > 0 && bytes > HistoryBlock.MaxBytes))
        {
            return false;
        }

        block.Add(update);
        return true;
    }
}

using LiveStreams.Core;

namespace LiveStreams.Sqlite;

/// <summary>One read-only connection. What it reads in one call is of one moment (a read transaction). Not for two threads at once.</summary>
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

    public PageHead Head(PageId page, HistoryLimits limits, DateTimeOffset now) => InOneMoment(() => Head(page, limits, now, out _));

    public HistoryBlock Read(PageId page, UpdateId after, int limit, HistoryLimits limits, DateTimeOffset now) => InOneMoment(() =>
    {
        var head = Head(page, limits, now, out var pageKey);
        return head.Judge(after) is { } reset
            ? new HistoryBlock(head, [], reset)
            : new HistoryBlock(head, ReadUpdates(pageKey, head.Head.Epoch, after.Sequence, limit), Reset: null);
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
    private PageHead Head(PageId page, HistoryLimits limits, DateTimeOffset now, out long pageKey)
    {
        using var row = _page.Query(page.Value);
        if (!row.Read())
        {
            pageKey = 0;
            return PageHead.Empty;
        }

        pageKey = row.Number(0);
        var head = new UpdateId(row.Number(1), row.Number(2));
        if (head.Sequence == 0)
        {
            return PageHead.Empty;
        }

        var cutoff = (now - limits.MaxAge).ToUnixTimeMilliseconds();
        return new PageHead(head, _oldest.Number(pageKey, head.Sequence - limits.MaxUpdates, cutoff) ?? head.Sequence + 1);
    }

    private List<Update> ReadUpdates(long pageKey, long epoch, long after, int limit)
    {
        var updates = new List<Update>();
        var bytes = 0L;
        using var rows = _updates.Query(pageKey, after, limit);
        while (rows.Read())
        {
            var data = rows.Blob(3);
            bytes += data.Length;
            if (updates.Count > 0 && bytes > HistoryBlock.MaxBytes)
            {
                break;
            }

            updates.Add(new Update(
                new UpdateId(epoch, rows.Number(0)),
                rows.IsNull(2) ? null : rows.Text(2),
                data,
                DateTimeOffset.FromUnixTimeMilliseconds(rows.Number(1))));
        }

        return updates;
    }
}

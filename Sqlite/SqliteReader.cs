using LiveStreams.Core;
using LiveStreams.Core.Posts;

namespace LiveStreams.Sqlite;

/// <summary>
/// One read-only connection. Each method reads in one transaction, so from one version of the file, and adds the page's
/// pending updates. Not thread-safe.
/// </summary>
internal sealed class SqliteReader : IDisposable
{
    private readonly FileConnection _connection;
    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly Statement _page;
    private readonly TimeIndex _times;
    private readonly UpdateReader _updates;
    private readonly Statement _posts;

    public SqliteReader(FileConnection connection)
    {
        _connection = connection;
        _begin = connection.Prepare("BEGIN");
        _commit = connection.Prepare("COMMIT");
        _page = connection.Prepare("SELECT id, epoch, sequence, ended FROM page WHERE name = $name");
        _times = new TimeIndex(connection);
        _updates = new UpdateReader(connection);
        _posts = connection.Prepare("SELECT post, place, show, content FROM post WHERE page = $page");
        Names = new NameReader(connection);
    }

    /// <summary>The names of all pages.</summary>
    public NameReader Names { get; }

    public PageHead Head(PageQuery query) => InTransaction(() => HeadOf(Find(query.Page), query));

    public HistoryBlock Read(PageQuery query, UpdateId after, int limit) => InTransaction(() =>
    {
        var row = Find(query.Page);
        var head = HeadOf(row, query);
        if (head.ResetFor(after) is { } reset)
        {
            return new HistoryBlock(head, [], reset);
        }

        return _updates.ReadAfter(row.RowId, query.Pending.Span, head, after.Sequence, limit);
    });

    public HistoryBlock ReadBefore(PageQuery query, UpdateId before, int limit) => InTransaction(() =>
    {
        var row = Find(query.Page);
        var head = HeadOf(row, query);
        return head.ResetBefore(before) is { } reset
            ? new HistoryBlock(head, [], reset)
            : _updates.ReadBefore(row.RowId, query.Pending.Span, head, before.Sequence, limit);
    });

    public UpdateId PositionAt(PageQuery query, DateTimeOffset moment) => InTransaction(() =>
    {
        var row = Find(query.Page);
        var head = HeadOf(row, query);
        var first = _times.FirstSince(row.RowId, query.Pending.Span, head.OldestSequence, moment);
        return head.Head.IsNone ? head.Head : head.Head.Before(first ?? head.Head.Sequence + 1);
    });

    public PagePosts Posts(PageQuery query) => InTransaction(() =>
    {
        var row = Find(query.Page);
        return new PagePosts(HeadOf(row, query), ReadPosts(row, query.Pending.Span));
    });

    public void Dispose() => _connection.Dispose();

    private T InTransaction<T>(Func<T> read)
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

    // All zeros if the file does not have the page.
    private PageRow Find(PageId page)
    {
        using var row = _page.Query(page.Value);
        return row.Read() ? new PageRow(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3)) : default;
    }

    private PageHead HeadOf(PageRow page, PageQuery query)
    {
        var pending = query.Pending.Span;
        var newest = Math.Max(page.Sequence, pending.IsEmpty ? 0 : pending[^1].Update.Id.Sequence);
        if (newest == 0)
        {
            return PageHead.Empty;
        }

        var endSequence = page.EndSequence;
        foreach (var update in pending)
        {
            endSequence = update.IsEnd ? Math.Max(endSequence, update.Update.Id.Sequence) : endSequence;
        }

        // Readers do not see updates over the limits, or from before the page ended, even if the trimmer has not
        // removed them yet.
        var begin = Math.Max(newest - query.Limits.MaxUpdates, endSequence) + 1;
        var oldest = _times.FirstSince(page.RowId, pending, begin, query.Now - query.Limits.MaxAge);
        return new PageHead(new UpdateId(page.Epoch, newest), oldest ?? newest + 1, IsEnded: newest == endSequence);
    }

    private IReadOnlyList<Post> ReadPosts(PageRow page, ReadOnlySpan<PendingUpdate> pending)
    {
        var posts = new PostList();
        using var rows = _posts.Query(page.RowId);
        while (rows.Read())
        {
            posts.Add(rows.GetInt64(1), new Post(rows.GetString(0), rows.GetInt64(2) == 1, rows.GetBytes(3)));
        }

        foreach (var update in pending)
        {
            if (update.Update.Id.Sequence <= page.Sequence)
            {
                // Folded before the row was read.
                continue;
            }

            if (update.IsEnd)
            {
                posts.Clear();
            }
            else if (update.Posts is { } changes)
            {
                posts.Apply(changes);
            }
        }

        return posts.NewestFirst();
    }

    /// <summary>A row of the table <c>page</c>.</summary>
    private readonly record struct PageRow(long RowId, long Epoch, long Sequence, long EndSequence);
}

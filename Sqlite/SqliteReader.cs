using LiveStreams.Core;
using LiveStreams.Core.Posts;

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
    private readonly Statement _posts;

    public SqliteReader(FileConnection connection)
    {
        _connection = connection;
        _begin = connection.Prepare("BEGIN");
        _commit = connection.Prepare("COMMIT");
        _page = connection.Prepare("SELECT id, epoch, sequence, ended FROM page WHERE name = $name");
        _oldest = connection.Prepare(
            "SELECT sequence FROM history WHERE page = $page AND sequence > $floor AND time >= $cutoff ORDER BY sequence LIMIT 1");
        _updates = connection.Prepare(
            "SELECT sequence, time, event, data FROM history WHERE page = $page AND sequence > $after ORDER BY sequence LIMIT $limit");
        _posts = connection.Prepare("SELECT post, place, show, content FROM post WHERE page = $page");
    }

    public PageHead Head(PageId page, ReadOnlyMemory<PendingUpdate> pending, HistoryLimits limits, DateTimeOffset now) =>
        InOneMoment(() => HeadOf(Find(page), pending.Span, limits, now));

    public HistoryBlock Read(
        PageId page, ReadOnlyMemory<PendingUpdate> pending, UpdateId after, int limit, HistoryLimits limits, DateTimeOffset now) => InOneMoment(() =>
    {
        var row = Find(page);
        var head = HeadOf(row, pending.Span, limits, now);
        return head.ResetFor(after) is { } reset
            ? new HistoryBlock(head, [], reset)
            : new HistoryBlock(head, ReadUpdates(row.Key, pending.Span, head.Head.Epoch, after.Sequence, limit), Reset: null);
    });

    public PagePosts Posts(PageId page, ReadOnlyMemory<PendingUpdate> pending, HistoryLimits limits, DateTimeOffset now) => InOneMoment(() =>
    {
        var row = Find(page);
        return new PagePosts(HeadOf(row, pending.Span, limits, now), ReadPosts(row, pending.Span));
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

    // All zeros for a page that is not there.
    private PageRow Find(PageId page)
    {
        using var row = _page.Query(page.Value);
        return row.Read() ? new PageRow(row.Number(0), row.Number(1), row.Number(2), row.Number(3)) : default;
    }

    private PageHead HeadOf(PageRow page, ReadOnlySpan<PendingUpdate> pending, HistoryLimits limits, DateTimeOffset now)
    {
        var newest = Math.Max(page.Sequence, pending.IsEmpty ? 0 : pending[^1].Update.Id.Sequence);
        if (newest == 0)
        {
            return PageHead.Empty;
        }

        var endedAt = page.EndedAt;
        foreach (var update in pending)
        {
            endedAt = update.IsEnd ? Math.Max(endedAt, update.Update.Id.Sequence) : endedAt;
        }

        var floor = Math.Max(newest - limits.MaxUpdates, endedAt);
        return new PageHead(new UpdateId(page.Epoch, newest), Oldest(page.Key, pending, newest, floor, now - limits.MaxAge), newest == endedAt);
    }

    // What is over the limits, or was before the page ended, and is not yet trimmed from the file is already gone for readers.
    private long Oldest(long pageKey, ReadOnlySpan<PendingUpdate> pending, long newest, long floor, DateTimeOffset since)
    {
        var cutoff = since.ToUnixTimeMilliseconds();
        if (_oldest.Number(pageKey, floor, cutoff) is { } oldest)
        {
            return oldest;
        }

        foreach (var (update, _) in pending)
        {
            if (update.Id.Sequence > floor && update.Time.ToUnixTimeMilliseconds() >= cutoff)
            {
                return update.Id.Sequence;
            }
        }

        return newest + 1;
    }

    private List<Update> ReadUpdates(long pageKey, ReadOnlySpan<PendingUpdate> pending, long epoch, long after, int limit)
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
        var begin = pending.IsEmpty ? 0 : (int)Math.Clamp(last + 1 - pending[0].Update.Id.Sequence, 0, pending.Length);
        foreach (var (update, _) in pending[begin..])
        {
            if (!TryAdd(block, update, limit, ref bytes))
            {
                break;
            }
        }

        return block;
    }

    private IReadOnlyList<Post> ReadPosts(PageRow page, ReadOnlySpan<PendingUpdate> pending)
    {
        var posts = new PostList();
        using var rows = _posts.Query(page.Key);
        while (rows.Read())
        {
            posts.Add(rows.Number(1), new Post(rows.Text(0), rows.Number(2) == 1, rows.Blob(3)));
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

    /// <summary>A row of the pages' table.</summary>
    private readonly record struct PageRow(long Key, long Epoch, long Sequence, long EndedAt);
}

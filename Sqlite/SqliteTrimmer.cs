using LiveStreams.Core;

namespace LiveStreams.Sqlite;

/// <summary>
/// Removes from the file what readers no longer see: updates over the limits of history, answered keys past their life, and pages
/// of which nothing is kept and nothing was heard for thirty days. Works in small steps, each inside a transaction
/// that its caller has begun, so that no publish waits long.
/// </summary>
internal sealed class SqliteTrimmer(
    FileConnection connection, HistoryTable history, PostTable posts, SqlitePages pages, Pending pending, HistoryOptions options, TimeProvider time)
{
    /// <summary>How long a silent page keeps its epoch. After that its next update begins a new one, and old positions get a reset.</summary>
    private static readonly TimeSpan _pageLifetime = TimeSpan.FromDays(30);

    /// <summary>How often all pages are looked through. What is over the count goes sooner, when the page's next updates are folded.</summary>
    private static readonly TimeSpan _walkPeriod = TimeSpan.FromMinutes(1);

    private const int PagesPerStep = 100;
    private const int RowsPerStep = 2000;

    private readonly Statement _somePages = connection.Prepare(
        $"SELECT id, name, sequence, time, ended FROM page WHERE id > $after ORDER BY id LIMIT {PagesPerStep}");

    private readonly Statement _removePage = connection.Prepare("DELETE FROM page WHERE id = $page");

    private readonly Statement _removePageKeys = connection.Prepare("DELETE FROM idempotency WHERE page = $page");

    private readonly Statement _removeKeys = connection.Prepare(
        $"DELETE FROM idempotency WHERE id IN (SELECT id FROM idempotency ORDER BY id LIMIT {RowsPerStep}) AND time < $cutoff");

    private long _walkedTo;
    private DateTimeOffset _nextWalk = DateTimeOffset.MinValue;

    /// <summary>One step; true when there is more to do.</summary>
    public bool TrimSome()
    {
        var now = time.GetUtcNow();
        if (now < _nextWalk)
        {
            return false;
        }

        var more = WalkPages(now) | RemoveKeys(now);
        if (!more)
        {
            _nextWalk = now + _walkPeriod;
        }

        return more;
    }

    private bool WalkPages(DateTimeOffset now)
    {
        var some = new List<PageRow>();
        using (var found = _somePages.Query(_walkedTo))
        {
            while (found.Read())
            {
                some.Add(new PageRow(found.Number(0), PageId.Parse(found.Text(1)), found.Number(2), found.Number(3), found.Number(4)));
            }
        }

        var rows = RowsPerStep;
        foreach (var page in some)
        {
            rows -= Trim(page, now, rows);
            if (rows <= 0)
            {
                return true;
            }

            _walkedTo = page.Key;
        }

        if (some.Count < PagesPerStep)
        {
            _walkedTo = 0;
        }

        return _walkedTo > 0;
    }

    // Removes at most so many rows, and says how many.
    private int Trim(PageRow page, DateTimeOffset now, int rows)
    {
        if (history.Oldest(page.Key) is { } oldest)
        {
            var limits = options.For(page.Id);
            var cutoff = (now - limits.MaxAge).ToUnixTimeMilliseconds();
            var firstKept = Math.Max(history.OldestSince(page.Key, cutoff) ?? long.MaxValue, Math.Max(page.Sequence - limits.MaxUpdates, page.EndedAt) + 1);
            return firstKept > oldest ? history.RemoveBefore(page.Key, Math.Min(firstKept, oldest + rows)) : 0;
        }

        if (page.Time < (now - _pageLifetime).ToUnixTimeMilliseconds() && !pending.TryFind(page.Id, out _))
        {
            _removePageKeys.Execute(page.Key);
            posts.RemoveAll(page.Key);
            _removePage.Execute(page.Key);
            pages.Forget(page.Id);
        }

        return 0;
    }

    private bool RemoveKeys(DateTimeOffset now) =>
        _removeKeys.Execute((now - UpdateDraft.KeyLifetime).ToUnixTimeMilliseconds()) == RowsPerStep;

    private readonly record struct PageRow(long Key, PageId Id, long Sequence, long Time, long EndedAt);
}

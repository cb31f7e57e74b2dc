using LiveStreams.Core;

namespace LiveStreams.Sqlite;

/// <summary>
/// Removes from the file what readers no longer see: updates over the limits of history, expired idempotency keys, and
/// pages that keep no update and have had none for thirty days. Also sets back the times of pages that received nothing
/// since the clock was. Works in small steps, each inside a transaction that its caller has begun, so that no publish
/// waits long.
/// </summary>
internal sealed class SqliteTrimmer(
    FileConnection connection,
    HistoryTable history,
    PostTable posts,
    PageTimes times,
    PageStateCache pages,
    PendingPages pending,
    HistoryOptions options,
    TimeProvider time)
{
    /// <summary>
    /// How long a page without updates keeps its epoch. After that its next update begins a new epoch, and old
    /// positions get a reset.
    /// </summary>
    private static readonly TimeSpan _pageLifetime = TimeSpan.FromDays(30);

    /// <summary>
    /// How often all pages are scanned. Updates over the maximum count are removed sooner, when the page's next updates
    /// are folded.
    /// </summary>
    private static readonly TimeSpan _scanPeriod = TimeSpan.FromMinutes(1);

    private const int PagesPerStep = 100;
    private const int RowsPerStep = 2000;

    private readonly Statement _nextPages = connection.Prepare(
        $"SELECT id, name, sequence, time, ended FROM page WHERE id > $after ORDER BY id LIMIT {PagesPerStep}");

    private readonly Statement _removePage = connection.Prepare("DELETE FROM page WHERE id = $page");

    private readonly Statement _removePageKeys = connection.Prepare("DELETE FROM idempotency WHERE page = $page");

    private readonly Statement _removeKeys = connection.Prepare(
        $"""
        DELETE FROM idempotency
        WHERE id IN (SELECT id FROM idempotency ORDER BY id LIMIT {RowsPerStep}) AND time < $cutoff
        """);

    private long _scannedTo;
    private long? _lastScan;

    /// <summary>Runs one step; true if there is more to do.</summary>
    public bool RunStep()
    {
        // The clock may be set back, by years.
        if (_lastScan is { } last && time.GetElapsedTime(last) is var elapsed
            && elapsed >= TimeSpan.Zero && elapsed < _scanPeriod)
        {
            return false;
        }

        var now = time.GetUtcNow();
        var more = ScanPages(now) | RemoveKeys(now);
        if (!more)
        {
            _lastScan = time.GetTimestamp();
        }

        return more;
    }

    private bool ScanPages(DateTimeOffset now)
    {
        var found = ReadNextPages();
        var rows = RowsPerStep;
        foreach (var page in found)
        {
            rows -= Trim(page, now, rows);
            if (rows <= 0)
            {
                return true;
            }

            _scannedTo = page.RowId;
        }

        if (found.Count < PagesPerStep)
        {
            _scannedTo = 0;
        }

        return _scannedTo > 0;
    }

    private List<PageRow> ReadNextPages()
    {
        var found = new List<PageRow>();
        using var rows = _nextPages.Query(_scannedTo);
        while (rows.Read())
        {
            var page = PageId.Parse(rows.GetString(1));
            found.Add(new PageRow(rows.GetInt64(0), page, rows.GetInt64(2), rows.GetInt64(3), rows.GetInt64(4)));
        }

        return found;
    }

    // Removes at most maxRows rows, and returns how many.
    private int Trim(PageRow page, DateTimeOffset now, int maxRows)
    {
        if (UpdateTime.IsSetBack(DateTimeOffset.FromUnixTimeMilliseconds(page.Time), now)
            && !pending.TryFind(page.Id, out _))
        {
            times.SetBack(page.RowId, now.ToUnixTimeMilliseconds());
            pages.Remove(page.Id);
        }

        if (history.Oldest(page.RowId) is { } oldest)
        {
            var firstKept = FirstKept(page, now);
            return firstKept > oldest ? history.RemoveBefore(page.RowId, Math.Min(firstKept, oldest + maxRows)) : 0;
        }

        if (page.Time < (now - _pageLifetime).ToUnixTimeMilliseconds() && !pending.TryFind(page.Id, out _))
        {
            _removePageKeys.Execute(page.RowId);
            posts.RemoveAll(page.RowId);
            _removePage.Execute(page.RowId);
            pages.Remove(page.Id);
        }

        return 0;
    }

    // The sequence of the first update within the page's limits; long.MaxValue if there is none.
    private long FirstKept(PageRow page, DateTimeOffset now)
    {
        var limits = options.For(page.Id);
        var cutoff = (now - limits.MaxAge).ToUnixTimeMilliseconds();
        var firstByAge = history.OldestSince(page.RowId, cutoff) ?? long.MaxValue;
        var firstByCount = page.Sequence - limits.MaxUpdates + 1;
        return Math.Max(firstByAge, Math.Max(firstByCount, page.EndSequence + 1));
    }

    private bool RemoveKeys(DateTimeOffset now) =>
        _removeKeys.Execute((now - UpdateDraft.KeyLifetime).ToUnixTimeMilliseconds()) == RowsPerStep;

    private readonly record struct PageRow(long RowId, PageId Id, long Sequence, long Time, long EndSequence);
}

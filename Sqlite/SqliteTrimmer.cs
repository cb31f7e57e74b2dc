using LiveStreams.Core;

namespace LiveStreams.Sqlite;

/// <summary>
/// Removes from the file what readers no longer see: updates over the limits of history, answered keys past their life, and pages
/// of which nothing is kept and nothing was heard for thirty days. Works in small steps, each inside a transaction
/// that its caller has begun, so that no publish waits long.
/// </summary>
internal sealed class SqliteTrimmer(FileConnection connection, SqlitePages pages, HistoryOptions history, TimeProvider time)
{
    /// <summary>How long a silent page keeps its epoch. After that its next update begins a new one, and old positions get a reset.</summary>
    private static readonly TimeSpan _pageLifetime = TimeSpan.FromDays(30);

    /// <summary>How often all pages are looked through for updates that are too old.</summary>
    private static readonly TimeSpan _walkPeriod = TimeSpan.FromMinutes(1);

    private const int PagesPerStep = 100;
    private const int RowsPerStep = 2000;

    private readonly Statement _somePages = connection.Prepare(
        $"SELECT id, name, time FROM page WHERE id > $after ORDER BY id LIMIT {PagesPerStep}");

    private readonly Statement _firstKept = connection.Prepare(
        "SELECT sequence FROM history WHERE page = $page AND time >= $cutoff ORDER BY sequence LIMIT 1");

    private readonly Statement _remove = connection.Prepare(
        "DELETE FROM history WHERE page = $page AND sequence < $first");

    private readonly Statement _oldest = connection.Prepare("SELECT min(sequence) FROM history WHERE page = $page");

    private readonly Statement _removePage = connection.Prepare("DELETE FROM page WHERE id = $page");

    private readonly Statement _removePageKeys = connection.Prepare("DELETE FROM idempotency WHERE page = $page");

    private readonly Statement _removeKeys = connection.Prepare(
        $"DELETE FROM idempotency WHERE id IN (SELECT id FROM idempotency ORDER BY id LIMIT {RowsPerStep}) AND time < $cutoff");

    private long _walkedTo;
    private DateTimeOffset _nextWalk = DateTimeOffset.MinValue;

    /// <summary>One step; true when there is more to do.</summary>
    public bool TrimSome()
    {
        if (TrimGrown())
        {
            return true;
        }

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

    private bool TrimGrown()
    {
        var rows = RowsPerStep;
        foreach (var page in pages.Grown)
        {
            var state = pages.StateOf(page);
            var first = Math.Min(state.Sequence - history.For(page).MaxUpdates + 1, state.Oldest + rows);
            if (first > state.Oldest)
            {
                rows -= _remove.Execute(state.Key, first);
                state.Oldest = first;
            }

            if (rows <= 0)
            {
                return true;
            }

            pages.Grown.Remove(page);
        }

        return false;
    }

    private bool WalkPages(DateTimeOffset now)
    {
        var some = new List<(long Key, string Name, long Time)>();
        using (var found = _somePages.Query(_walkedTo))
        {
            while (found.Read())
            {
                some.Add((found.Number(0), found.Text(1), found.Number(2)));
            }
        }

        var rows = RowsPerStep;
        foreach (var (key, name, newest) in some)
        {
            rows -= TrimByAge(PageId.Parse(name), key, newest, now, rows);
            if (rows <= 0)
            {
                return true;
            }

            _walkedTo = key;
        }

        if (some.Count < PagesPerStep)
        {
            _walkedTo = 0;
        }

        return _walkedTo > 0;
    }

    // Removes at most so many rows, and says how many.
    private int TrimByAge(PageId page, long key, long newest, DateTimeOffset now, int rows)
    {
        if (_oldest.Number(key) is { } oldest)
        {
            var cutoff = (now - history.For(page).MaxAge).ToUnixTimeMilliseconds();
            var first = Math.Min(_firstKept.Number(key, cutoff) ?? long.MaxValue, oldest + rows);
            var removed = first > oldest ? _remove.Execute(key, first) : 0;
            if (removed > 0)
            {
                pages.Forget(page);
            }

            return removed;
        }

        if (newest < (now - _pageLifetime).ToUnixTimeMilliseconds())
        {
            _removePageKeys.Execute(key);
            _removePage.Execute(key);
            pages.Forget(page);
        }

        return 0;
    }

    private bool RemoveKeys(DateTimeOffset now) =>
        _removeKeys.Execute((now - UpdateDraft.KeyLifetime).ToUnixTimeMilliseconds()) == RowsPerStep;
}

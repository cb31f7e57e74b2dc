using LiveStreams.Core;
using LiveStreams.Core.Listing;

namespace LiveStreams.Sqlite;

/// <summary>
/// Reads which pages there are, on a reading connection. The names are in the index of <c>page.name</c>, in the order
/// of their bytes. Not thread-safe.
/// </summary>
internal sealed class NameReader(FileConnection connection)
{
    private readonly Statement _from = connection.Prepare(
        "SELECT name FROM page WHERE name >= $from ORDER BY name LIMIT $limit");

    private readonly Statement _between = connection.Prepare(
        "SELECT name FROM page WHERE name >= $from AND name < $to ORDER BY name LIMIT $limit");

    private readonly Statement _page = connection.Prepare(
        "SELECT epoch, sequence, time, ended FROM page WHERE name = $name");

    public IReadOnlyList<PageId> List(NameRange range, int limit)
    {
        var names = new List<PageId>();
        using var rows = range.To is null
            ? _from.Query(range.From, limit)
            : _between.Query(range.From, range.To, limit);
        while (rows.Read())
        {
            names.Add(PageId.Parse(rows.GetString(0)));
        }

        return names;
    }

    /// <summary>The pages that were published to. Pending updates are taken before the file is read.</summary>
    public IReadOnlyList<ListedPage> Read(IReadOnlyList<PageId> pages, PendingPages pending, DateTimeOffset now)
    {
        var found = new List<ListedPage>(pages.Count);
        foreach (var page in pages)
        {
            if (Read(page, pending.TryFind(page, out var unfolded) ? unfolded : null, now) is { } listed)
            {
                found.Add(listed);
            }
        }

        return found;
    }

    private ListedPage? Read(PageId page, PendingPage? pending, DateTimeOffset now)
    {
        var updates = pending is null ? [] : pending.Updates.Span;
        using var row = _page.Query(page.Value);
        if (!row.Read())
        {
            return null;
        }

        var (sequence, time, ended) = (row.GetInt64(1), pending?.Time ?? row.GetInt64(2), row.GetInt64(3));
        foreach (var update in updates)
        {
            sequence = Math.Max(sequence, update.Update.Id.Sequence);
            ended = update.IsEnd ? Math.Max(ended, update.Update.Id.Sequence) : ended;
        }

        if (time == 0)
        {
            return null;
        }

        var head = sequence == 0 ? UpdateId.None : new UpdateId(row.GetInt64(0), sequence);
        var newest = DateTimeOffset.FromUnixTimeMilliseconds(time);
        var isEnded = sequence > 0 && ended == sequence;
        return new ListedPage(page, head, UpdateTime.IsSetBack(newest, now) ? now : newest, isEnded);
    }
}

using LiveStreams.Core;

namespace LiveStreams.Sqlite;

/// <summary>The table <c>history</c>, for the writing connection. Called inside a transaction.</summary>
internal sealed class HistoryTable(FileConnection connection)
{
    private readonly Statement _insert = connection.Prepare(
        "INSERT INTO history (page, sequence, time, event, data) VALUES ($page, $sequence, $time, $event, $data)");

    private readonly Statement _oldest = connection.Prepare("SELECT min(sequence) FROM history WHERE page = $page");

    private readonly Statement _oldestSince = connection.Prepare(
        "SELECT sequence FROM history WHERE page = $page AND time >= $cutoff ORDER BY sequence LIMIT 1");

    private readonly Statement _removeBefore = connection.Prepare(
        "DELETE FROM history WHERE page = $page AND sequence < $first");

    public void Append(long page, Update update) => _insert.Execute(
        page,
        update.Id.Sequence,
        update.Time.ToUnixTimeMilliseconds(),
        update.Event,
        update.Data);

    /// <summary>The sequence of a page's oldest row, or null if it has none.</summary>
    public long? Oldest(long page) => _oldest.QueryInt64(page);

    /// <summary>
    /// The sequence of a page's oldest row since a time (Unix milliseconds), or null if there is none.
    /// </summary>
    public long? OldestSince(long page, long cutoff) => _oldestSince.QueryInt64(page, cutoff);

    /// <summary>Removes a page's rows before a sequence; returns how many.</summary>
    public int RemoveBefore(long page, long first) => _removeBefore.Execute(page, first);
}

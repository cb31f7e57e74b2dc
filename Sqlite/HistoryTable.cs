using LiveStreams.Core;

namespace LiveStreams.Sqlite;

/// <summary>The rows of history, as the writing connection sees them; the caller has begun a transaction.</summary>
internal sealed class HistoryTable(FileConnection connection)
{
    private readonly Statement _append = connection.Prepare(
        "INSERT INTO history (page, sequence, time, event, data) VALUES ($page, $sequence, $time, $event, $data)");

    private readonly Statement _oldest = connection.Prepare("SELECT min(sequence) FROM history WHERE page = $page");

    private readonly Statement _oldestSince = connection.Prepare(
        "SELECT sequence FROM history WHERE page = $page AND time >= $cutoff ORDER BY sequence LIMIT 1");

    private readonly Statement _removeBefore = connection.Prepare("DELETE FROM history WHERE page = $page AND sequence < $first");

    public void Append(long page, Update update) =>
        _append.Execute(page, update.Id.Sequence, update.Time.ToUnixTimeMilliseconds(), update.Event, update.Data);

    /// <summary>The sequence of a page's oldest row, or null when it has none.</summary>
    public long? Oldest(long page) => _oldest.Number(page);

    /// <summary>The sequence of a page's oldest row from a time on (Unix milliseconds), or null when there is none.</summary>
    public long? OldestSince(long page, long cutoff) => _oldestSince.Number(page, cutoff);

    /// <summary>Removes a page's rows before a sequence; returns how many.</summary>
    public int RemoveBefore(long page, long first) => _removeBefore.Execute(page, first);
}

using LiveStreams.Core;

namespace LiveStreams.Sqlite;

/// <summary>
/// Sets the times of a page back after its clock was (<see cref="UpdateTime"/>). Called inside a transaction.
/// </summary>
internal sealed class PageTimes(FileConnection connection)
{
    private readonly Statement _history = connection.Prepare(
        "UPDATE history SET time = $now WHERE page = $page AND time > $now");

    private readonly Statement _keys = connection.Prepare(
        "UPDATE idempotency SET time = $now WHERE page = $page AND time > $now");

    private readonly Statement _page = connection.Prepare("UPDATE page SET time = $now WHERE id = $page");

    /// <summary>
    /// Every time of the page that is later than <paramref name="now"/> becomes that (Unix milliseconds).
    /// </summary>
    public void SetBack(long page, long now)
    {
        _history.Execute(now, page);
        _keys.Execute(now, page);
        _page.Execute(now, page);
    }
}

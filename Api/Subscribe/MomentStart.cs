using LiveStreams.Core;
using LiveStreams.Core.FanOut;

namespace LiveStreams.Api.Subscribe;

/// <summary>
/// Resumes a page in which the client holds no position, only a moment of which it knows all updates from before.
/// </summary>
internal sealed class MomentStart(IPageLog log, HistoryOptions history, TimeProvider time)
{
    /// <summary>
    /// The moment that the client holds, in Unix seconds; null if it holds none, or one that is yet to come: then a
    /// clock was set back, and nobody knows what the client has seen.
    /// </summary>
    public long? Find(StartQuery query) => Held(query) is { } moment && moment <= Now ? moment : null;

    /// <summary>Whether the client has followed patterns, and nobody knows what it has seen.</summary>
    public bool IsUnknown(StartQuery query) =>
        query.HasPosition && (!PagePositions.TryParse(query.Position!, out _) || Held(query) > Now);

    /// <summary>Starts the page with what was published since the moment.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be reached.</exception>
    public async ValueTask StartAsync(
        PageCursor page, long moment, StartQuery query, CancellationToken cancellationToken)
    {
        var position = await log.PositionAtAsync(
            page.Page, DateTimeOffset.FromUnixTimeSeconds(moment), cancellationToken);
        var head = await log.HeadAsync(page.Page, cancellationToken);
        CursorStart.AfterPosition(page, head, position, FindReset(page.Page, head, position, moment), query);
    }

    private long Now => time.GetUtcNow().ToUnixTimeSeconds();

    // If all that is kept is from after the moment, what is no longer kept may be, too; unless it is too old for that.
    private PageReset? FindReset(PageId page, PageHead head, UpdateId position, long moment)
    {
        if (head.ResetFor(position) is { } lost)
        {
            return lost with { Missed = null };
        }

        var isExpired = head.Count == 0 && Now - moment < history.For(page).MaxAge.TotalSeconds;
        return position == head.Earliest && head.OldestSequence > 1 && !isExpired
            ? new PageReset(ResetReason.Trimmed, position, Missed: null)
            : null;
    }

    private static long? Held(StartQuery query) =>
        query.HasPosition && PagePositions.TryParse(query.Position!, out var held) ? held.CompleteUntil : null;
}

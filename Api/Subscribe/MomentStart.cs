using LiveStreams.Core;
using LiveStreams.Core.FanOut;

namespace LiveStreams.Api.Subscribe;

/// <summary>
/// Resumes a page in which the client holds no position, only a moment of which it knows all updates from before.
/// </summary>
internal sealed class MomentStart(IPageLog log, TimeProvider time)
{
    /// <summary>
    /// The moment that the client holds, in Unix seconds; null if it holds none. One that is later than now is taken as
    /// now: only a client makes such a one.
    /// </summary>
    public long? Find(StartQuery query) =>
        query.HasPosition
        && PagePositions.TryParse(query.Position!, out var held)
        && held.CompleteUntil is { } until
            ? Math.Min(until, time.GetUtcNow().ToUnixTimeSeconds())
            : null;

    /// <summary>Starts the page with what was published since the moment.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be reached.</exception>
    public async ValueTask StartAsync(
        PageCursor page, long moment, StartQuery query, CancellationToken cancellationToken)
    {
        var head = await log.HeadAsync(page.Page, cancellationToken);
        var position = await log.PositionAtAsync(
            page.Page, DateTimeOffset.FromUnixTimeSeconds(moment), cancellationToken);

        // If all that is kept is from after the moment, what is no longer kept may be, too.
        PageReset? reset = position == head.Earliest && head.OldestSequence > 1
            ? new PageReset(ResetReason.Trimmed, position, Missed: null)
            : null;
        CursorStart.AfterPosition(page, head, position, reset, query);
    }
}

using LiveStreams.Api.Http;
using LiveStreams.Core;
using LiveStreams.Core.FanOut;

namespace LiveStreams.Api.Subscribe;

/// <summary>Where a stream starts.</summary>
/// <param name="Position">The position it starts after.</param>
/// <param name="Reset">Why that is not the position that the client holds, or null if it is.</param>
internal readonly record struct StreamStart(StartPosition Position, PageReset? Reset = null);

/// <summary>Finds where a stream starts, from what its client asks for and what its page keeps.</summary>
internal sealed class StreamStartFinder(IPageLog log, TimeProvider time)
{
    /// <summary>
    /// Returns null if there is nothing to stream: the page is deleted, and the client knows that or holds no position.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The store cannot be reached.</exception>
    public async ValueTask<StreamStart?> FindAsync(
        PageCursor page, StartQuery query, CancellationToken cancellationToken)
    {
        if (query.HasPosition)
        {
            return await ResumeAsync(page, query, cancellationToken);
        }

        if (query.WantsSnapshots)
        {
            return StartAtSnapshot(await page.ReadSnapshotAsync(cancellationToken), reset: null);
        }

        return await FindNewAsync(page, query, cancellationToken) is { } start ? new StreamStart(start) : null;
    }

    /// <summary>
    /// For a client without a position in the page, and without a snapshot. Returns null if the page is deleted.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The store cannot be reached.</exception>
    public async ValueTask<StartPosition?> FindNewAsync(
        PageCursor page, StartQuery query, CancellationToken cancellationToken)
    {
        if (query.IsLive && page.KnownHead is { } known)
        {
            return new StartPosition(known, HistoryRequested: false);
        }

        var head = await log.HeadAsync(page.Page, cancellationToken);
        return head.IsEnded ? null : await FindPositionAsync(page.Page, head, query, cancellationToken);
    }

    private async ValueTask<StreamStart?> ResumeAsync(
        PageCursor page, StartQuery query, CancellationToken cancellationToken)
    {
        var head = await log.HeadAsync(page.Page, cancellationToken);
        var reset = UpdateId.TryParse(query.Position!, out var held)
            ? head.ResetFor(held)
            : new PageReset(ResetReason.Unknown, head.Head, Missed: null);
        if (head.IsEnded)
        {
            return held == head.Head ? null : StartBeforeEnd(query);
        }

        if (reset is not { } lost)
        {
            return new StreamStart(new StartPosition(held, HistoryRequested: true, query.WantsSnapshots));
        }

        if (!query.WantsSnapshots)
        {
            return new StreamStart(new StartPosition(lost.From, HistoryRequested: true), lost);
        }

        var snapshot = await page.ReadSnapshotAsync(cancellationToken);
        return StartAtSnapshot(snapshot, lost.ContinueAfter(snapshot.Head)) ?? StartBeforeEnd(query);
    }

    // Nothing is left of the page but its end, which comes after any position.
    private static StreamStart StartBeforeEnd(StartQuery query) =>
        new(new StartPosition(UpdateId.None, HistoryRequested: false, query.WantsSnapshots));

    private static StreamStart? StartAtSnapshot(PageHead page, PageReset? reset) => page.IsEnded
        ? null
        : new StreamStart(new StartPosition(page.Head, HistoryRequested: false, WantsSnapshots: true), reset);

    private async ValueTask<StartPosition> FindPositionAsync(
        PageId page, PageHead head, StartQuery query, CancellationToken cancellationToken)
    {
        if (query.FromEarliest || query.FromLast >= head.Count)
        {
            return new StartPosition(head.Earliest, HistoryRequested: true);
        }

        if (query.FromLast is { } last)
        {
            return new StartPosition(head.Head.Before(head.Head.Sequence - last + 1), HistoryRequested: true);
        }

        if (query.Since is null)
        {
            return new StartPosition(head.Head, HistoryRequested: false);
        }

        var since = SinceTime.Parse(query.Since, time.GetUtcNow());
        var position = await log.PositionAtAsync(page, since, cancellationToken);
        return new StartPosition(position, HistoryRequested: true);
    }
}

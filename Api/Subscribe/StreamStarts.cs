using LiveStreams.Core;
using LiveStreams.Core.FanOut;

namespace LiveStreams.Api.Subscribe;

/// <summary>Finds where a stream starts, given what its client asks and what its page keeps.</summary>
internal sealed class StreamStarts(IPageLog log, TimeProvider time)
{
    /// <summary>Null when there is nothing to stream: the page has been deleted, and the client knows that or holds no position.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be reached.</exception>
    public async ValueTask<StreamStart?> FindAsync(PageId page, StartQuery query, Subscriber subscriber, CancellationToken cancellationToken)
    {
        if (query.HoldsPosition)
        {
            return await ResumeAsync(page, query, subscriber, cancellationToken);
        }

        if (query.WantsSnapshots)
        {
            return Snapshot(await subscriber.ReadSnapshotAsync(cancellationToken), reset: null);
        }

        if (query.IsNow && subscriber.KnownHead is { } known)
        {
            return new StreamStart(new StartPosition(known, HistoryRequested: false));
        }

        var head = await log.HeadAsync(page, cancellationToken);
        return head.IsEnded ? null : new StreamStart(await FirstAsync(page, head, query, cancellationToken));
    }

    private async ValueTask<StreamStart?> ResumeAsync(PageId page, StartQuery query, Subscriber subscriber, CancellationToken cancellationToken)
    {
        var head = await log.HeadAsync(page, cancellationToken);
        var reset = UpdateId.TryParse(query.Position!, out var held) ? head.ResetFor(held) : ResetReason.Unknown;
        if (head.IsEnded)
        {
            return held == head.Head ? null : ToTheEnd(query);
        }

        if (reset is null)
        {
            return new StreamStart(new StartPosition(held, HistoryRequested: false, query.WantsSnapshots));
        }

        return query.WantsSnapshots
            ? Snapshot(await subscriber.ReadSnapshotAsync(cancellationToken), reset) ?? ToTheEnd(query)
            : new StreamStart(new StartPosition(head.Head, HistoryRequested: false), reset);
    }

    // From before everything: what is left of the page to be told is its end.
    private static StreamStart ToTheEnd(StartQuery query) => new(new StartPosition(UpdateId.None, HistoryRequested: false, query.WantsSnapshots));

    private static StreamStart? Snapshot(PageHead page, ResetReason? reset) =>
        page.IsEnded ? null : new StreamStart(new StartPosition(page.Head, HistoryRequested: false, WantsSnapshots: true), reset);

    private async ValueTask<StartPosition> FirstAsync(PageId page, PageHead head, StartQuery query, CancellationToken cancellationToken)
    {
        if (query.FromEarliest || query.FromLast >= head.Count)
        {
            return new StartPosition(head.Earliest, HistoryRequested: true);
        }

        if (query.FromLast is { } last)
        {
            return new StartPosition(head.Head.Before(head.Head.Sequence - last + 1), HistoryRequested: true);
        }

        return query.Since is null
            ? new StartPosition(head.Head, HistoryRequested: false)
            : new StartPosition(await HistorySearch.PositionAtAsync(log, page, SinceTime.Parse(query.Since, time.GetUtcNow()), cancellationToken), HistoryRequested: true);
    }
}

using LiveStreams.Core;
using LiveStreams.Core.FanOut;

namespace LiveStreams.Api.Subscribe;

/// <summary>
/// Starts a stream of several pages: in each page after the position that the client holds in it, else where the client
/// asks for.
/// </summary>
internal sealed class PagesStartFinder(IPageLog log, StreamStartFinder starts, MomentStart moments)
{
    /// <summary>Starts every page. Pages whose position is in the epoch that this process knows need no read.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be reached.</exception>
    public async ValueTask StartAsync(
        Subscriber subscriber, StreamRequest request, CancellationToken cancellationToken)
    {
        var query = request.Start;
        if (!query.HasPosition)
        {
            await CursorStart.ForEachAsync(subscriber.Pages, page => StartNewAsync(page, query, cancellationToken));
        }
        else if (PagePositions.TryParse(query.Position!, out var held))
        {
            await ResumeAsync(subscriber.Pages, held, request, cancellationToken);
        }
        else
        {
            await CursorStart.ForEachAsync(subscriber.Pages, page => StartUnknownAsync(page, query, cancellationToken));
        }
    }

    private async Task ResumeAsync(
        IReadOnlyList<PageCursor> pages, PagePositions held, StreamRequest request, CancellationToken cancellationToken)
    {
        var query = request.Start;
        var others = new List<PageCursor>();
        var inStore = new Dictionary<PageCursor, PositionEntry>();
        foreach (var page in pages)
        {
            if (!held.TryTake(page.PageTag, page.NewestHere.Epoch, out var entry))
            {
                others.Add(page);
            }
            else if (entry.Sequence > page.NewestHere.Sequence)
            {
                // This process may be behind the store; or the position is not of this server.
                inStore.Add(page, entry);
            }
            else
            {
                page.Start(CursorStart.Resume(entry.In(new PageHead(page.NewestHere, OldestSequence: 1)), query));
            }
        }

        foreach (var page in others)
        {
            if (held.TryTakeOther(page.PageTag, out var entry))
            {
                inStore.Add(page, entry);
            }
        }

        // One that matches a pattern may have been followed by it.
        var moment = moments.Find(query);
        var added = others.Where(page => !inStore.ContainsKey(page));
        await CursorStart.ForEachAsync(
            inStore.Keys, page => ResumeFromStoreAsync(page, inStore[page], query, cancellationToken));
        await CursorStart.ForEachAsync(
            added,
            page => moment is { } missedFrom && request.Scope.Patterns?.Matches(page.Page) is true
                ? moments.StartAsync(page, missedFrom, query, cancellationToken)
                : StartNewAsync(page, query, cancellationToken));
    }

    private async ValueTask ResumeFromStoreAsync(
        PageCursor page, PositionEntry entry, StartQuery query, CancellationToken cancellationToken)
    {
        var head = await log.HeadAsync(page.Page, cancellationToken);
        var position = entry.In(head);
        CursorStart.AfterPosition(page, head, position, head.ResetFor(position), query);
    }

    // The position is none of several pages: nobody knows what the client has seen.
    private async ValueTask StartUnknownAsync(PageCursor page, StartQuery query, CancellationToken cancellationToken)
    {
        var head = await log.HeadAsync(page.Page, cancellationToken);
        var reset = new PageReset(ResetReason.Unknown, head.Head, Missed: null);
        CursorStart.AfterPosition(page, head, UpdateId.None, reset, query);
    }

    // The client holds no position in this page.
    private async ValueTask StartNewAsync(PageCursor page, StartQuery query, CancellationToken cancellationToken)
    {
        if (query.WantsSnapshots)
        {
            page.StartWithSnapshot();
            return;
        }

        // A page that has ended may begin again, so it is followed from its end on.
        var start = await starts.FindNewAsync(page, query, cancellationToken);
        page.Start(start ?? new StartPosition(page.NewestHere, HistoryRequested: false));
    }
}

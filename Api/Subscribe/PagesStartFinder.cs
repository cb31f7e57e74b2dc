using LiveStreams.Core;
using LiveStreams.Core.FanOut;

namespace LiveStreams.Api.Subscribe;

/// <summary>
/// Starts a stream of several pages: in each page after the position that the client holds in it, else where the client
/// asks for.
/// </summary>
internal sealed class PagesStartFinder(IPageLog log, StreamStartFinder starts)
{
    private const int MaxReads = 16;

    /// <summary>Starts every page. Pages whose position is in the epoch that this process knows need no read.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be reached.</exception>
    public async ValueTask StartAsync(Subscriber subscriber, StartQuery query, CancellationToken cancellationToken)
    {
        if (!query.HasPosition)
        {
            await ForEachAsync(subscriber.Pages, page => StartNewAsync(page, query, cancellationToken));
        }
        else if (PagePositions.TryParse(query.Position!, out var held))
        {
            await ResumeAsync(subscriber.Pages, held, query, cancellationToken);
        }
        else
        {
            await ForEachAsync(subscriber.Pages, page => StartUnknownAsync(page, query, cancellationToken));
        }
    }

    private async Task ResumeAsync(
        IReadOnlyList<PageCursor> pages, PagePositions held, StartQuery query, CancellationToken cancellationToken)
    {
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
                page.Start(Resume(entry.In(new PageHead(page.NewestHere, OldestSequence: 1)), query));
            }
        }

        foreach (var page in others)
        {
            if (held.TryTakeOther(page.PageTag, out var entry))
            {
                inStore.Add(page, entry);
            }
        }

        var added = others.Where(page => !inStore.ContainsKey(page));
        await ForEachAsync(inStore.Keys, page => ResumeFromStoreAsync(page, inStore[page], query, cancellationToken));
        await ForEachAsync(added, page => StartNewAsync(page, query, cancellationToken));
    }

    private static StartPosition Resume(UpdateId position, StartQuery query) =>
        new(position, HistoryRequested: true, query.WantsSnapshots);

    private static Task ForEachAsync(IEnumerable<PageCursor> pages, Func<PageCursor, ValueTask> start) =>
        Parallel.ForEachAsync(
            pages, new ParallelOptions { MaxDegreeOfParallelism = MaxReads }, (page, _) => start(page));

    private async ValueTask ResumeFromStoreAsync(
        PageCursor page, PositionEntry entry, StartQuery query, CancellationToken cancellationToken)
    {
        var head = await log.HeadAsync(page.Page, cancellationToken);
        var position = entry.In(head);
        Start(page, head, position, head.ResetFor(position), query);
    }

    // The position is none of several pages: nobody knows what the client has seen.
    private async ValueTask StartUnknownAsync(PageCursor page, StartQuery query, CancellationToken cancellationToken)
    {
        var head = await log.HeadAsync(page.Page, cancellationToken);
        Start(page, head, UpdateId.None, new PageReset(ResetReason.Unknown, head.Head, Missed: null), query);
    }

    private static void Start(PageCursor page, PageHead head, UpdateId position, PageReset? reset, StartQuery query)
    {
        if (head.IsEnded)
        {
            // Nothing is left but the end, which comes after any other position.
            var known = position == head.Head ? position : UpdateId.None;
            page.Start(new StartPosition(known, HistoryRequested: false, query.WantsSnapshots));
        }
        else if (reset is not { } lost)
        {
            page.Start(Resume(position, query));
        }
        else if (query.WantsSnapshots)
        {
            page.StartWithSnapshot(lost);
        }
        else
        {
            page.Start(new StartPosition(lost.From, HistoryRequested: true), lost);
        }
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

using LiveStreams.Api.Http;
using LiveStreams.Api.Limits;
using LiveStreams.Api.Security;
using LiveStreams.Core;
using LiveStreams.Core.FanOut;
using LiveStreams.Core.Listing;

namespace LiveStreams.Api.Subscribe;

/// <summary>
/// Starts the pages that a stream follows by patterns. A position has no entry for them, only a moment: a page that was
/// published to since then is read again from there.
/// </summary>
internal sealed class PatternStartFinder(
    PageSearch search,
    MomentStart moments,
    PatternWatcher watcher,
    FollowedNames names,
    StreamStartFinder starts,
    ReadRateLimiter rates,
    TimeProvider time)
{
    /// <summary>
    /// 1. Watch for pages that are born; before listing, so that none is missed between the two.
    /// 2. List the pages, with their heads.
    /// 3. Join their feeds.
    /// 4. Start each after its head, or after the moment that the client holds.
    /// </summary>
    /// <returns>A refusal, or null.</returns>
    /// <exception cref="StoreUnavailableException">The store cannot be reached.</exception>
    public async ValueTask<Refusal?> StartAsync(
        HttpContext context, Subscriber subscriber, PatternScope patterns, StartQuery query)
    {
        var cancellation = context.RequestAborted;
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var moment = moments.Find(query);
        await watcher.AddAsync(subscriber, cancellation);

        var ranges = names.Find(patterns.Patterns, context.Features.Get<Token>()?.Grants);
        var found = await search.FindAsync(ranges, PatternScope.MaxPages, cancellation);
        if (found.Next is not null)
        {
            return new Refusal(
                Problem.Pages, $"The patterns match more than {PatternScope.MaxPages} pages. Use longer prefixes.");
        }

        var listed = found.Pages.ToDictionary(page => page.Page);
        if (!rates.TryAcquire(context, listed.Values.Count(MustRead), out var refusal))
        {
            return refusal;
        }

        var pages = await subscriber.FollowAsync(
            listed.Keys, moment ?? now - PatternScope.ClockTolerance, cancellation);
        if (pages is null)
        {
            return new Refusal(
                Problem.AddressFull, "The streams of this address, or all streams, have too many pages.");
        }

        foreach (var page in pages.Where(page => !MustRead(listed[page.Page])))
        {
            StartAtHead(page, listed[page.Page], query, isResumed: moment is not null);
        }

        await CursorStart.ForEachAsync(
            pages.Where(page => MustRead(listed[page.Page])),
            page => moment is { } missedFrom
                ? moments.StartAsync(page, missedFrom, query, cancellation)
                : StartNewAsync(page, listed[page.Page], query, cancellation));
        return null;

        bool MustRead(ListedPage page) => moment is { } missedFrom
            ? page.Time.ToUnixTimeSeconds() >= missedFrom
            : !query.HasPosition && !query.IsLive;
    }

    private static void StartAtHead(PageCursor page, ListedPage listed, StartQuery query, bool isResumed)
    {
        if (!isResumed && query.HasPosition && !PagePositions.TryParse(query.Position!, out _))
        {
            // Nobody knows what the client has seen.
            var head = new PageHead(listed.Head, listed.Head.Sequence + 1, listed.IsEnded);
            var reset = new PageReset(ResetReason.Unknown, listed.Head, Missed: null);
            CursorStart.AfterPosition(page, head, UpdateId.None, reset, query);
        }
        else if (!isResumed && query.WantsSnapshots && !listed.IsEnded)
        {
            page.StartWithSnapshot();
        }
        else
        {
            page.Start(new StartPosition(listed.Head, isResumed, query.WantsSnapshots));
        }
    }

    private async ValueTask StartNewAsync(
        PageCursor page, ListedPage listed, StartQuery query, CancellationToken cancellationToken)
    {
        // A page that has ended may begin again, so it is followed from its end on.
        var start = await starts.FindNewAsync(page, query, cancellationToken);
        page.Start(start ?? new StartPosition(listed.Head, HistoryRequested: false));
    }
}

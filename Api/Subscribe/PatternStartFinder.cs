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
    private static readonly Refusal _tooMany = new(
        Problem.Pages, $"The patterns match more than {PatternScope.MaxPages} pages. Use longer prefixes.");

    private static readonly Refusal _noRoom = new(
        Problem.AddressFull, "The streams of this address, or all streams, have too many pages.");

    private static readonly Refusal _expired = new(
        Problem.StoreUnavailable, "The list has many pages that have expired. They are being removed.");

    /// <summary>
    /// 1. Watch for pages that are born; before listing, so that none is missed between the two.
    /// 2. List the pages, with their heads.
    /// 3. Join their feeds.
    /// 4. Start each after its head, or after the moment that the client holds.
    /// </summary>
    /// <returns>A refusal, or null.</returns>
    /// <exception cref="StoreUnavailableException">The store cannot be reached.</exception>
    public async ValueTask<Refusal?> StartAsync(HttpContext context, Subscriber subscriber, StreamRequest request)
    {
        // 1. Watch.
        var (query, cancellation) = (request.Start, context.RequestAborted);
        await watcher.AddAsync(subscriber, cancellation);

        // 2. List.
        var found = await FindAsync(context, request.Scope);
        var listed = found.Pages.ToDictionary(page => page.Page);
        request.Scope.Pages.ToList().ForEach(named => listed.Remove(named));
        if (listed.Count > PatternScope.MaxPages || found.Next is not null)
        {
            return listed.Count > PatternScope.MaxPages ? _tooMany : _expired;
        }

        if (!rates.TryAcquire(context, listed.Count, out var refusal))
        {
            return refusal;
        }

        // 3. Join.
        var moment = moments.Find(query);
        var pages = await subscriber.FollowAsync(listed.Keys, moment ?? FirstMoment(query), cancellation);
        if (pages is null)
        {
            return _noRoom;
        }

        // 4. Start.
        await CursorStart.ForEachAsync(
            pages, page => StartAsync(page, listed[page.Page], moment, query, cancellation));
        return null;
    }

    // One more than may be followed, besides those that are named.
    private ValueTask<FoundPages> FindAsync(HttpContext context, StreamScope scope) => search.FindAsync(
        names.Find(scope.Patterns!.Patterns, context.Features.Get<Token>()?.Grants),
        PatternScope.MaxPages + 1 + scope.Pages.Count,
        context.RequestAborted);

    // Until the stream has sent what the client asks for, a resume begins again.
    private long FirstMoment(StartQuery query) =>
        query.IsLive && !query.WantsSnapshots && !moments.IsUnknown(query)
            ? time.GetUtcNow().ToUnixTimeSeconds() - PatternScope.Tolerance
            : 0;

    private ValueTask StartAsync(
        PageCursor page, ListedPage listed, long? moment, StartQuery query, CancellationToken cancellationToken)
    {
        if (moment is { } missedFrom)
        {
            return ResumeAsync(page, listed, missedFrom, query, cancellationToken);
        }

        if (!moments.IsUnknown(query))
        {
            return StartNewAsync(page, listed, query, cancellationToken);
        }

        var head = new PageHead(listed.Head, listed.Head.Sequence + 1, listed.IsEnded);
        var reset = new PageReset(ResetReason.Unknown, listed.Head, Missed: null);
        CursorStart.AfterPosition(page, head, UpdateId.None, reset, query);
        return ValueTask.CompletedTask;
    }

    private async ValueTask ResumeAsync(
        PageCursor page, ListedPage listed, long moment, StartQuery query, CancellationToken cancellationToken)
    {
        if (listed.Time.ToUnixTimeSeconds() >= moment)
        {
            await moments.StartAsync(page, moment, query, cancellationToken);
        }
        else
        {
            page.Start(CursorStart.Resume(listed.Head, query));
        }
    }

    private async ValueTask StartNewAsync(
        PageCursor page, ListedPage listed, StartQuery query, CancellationToken cancellationToken)
    {
        if (query.WantsSnapshots && !listed.IsEnded)
        {
            page.StartWithSnapshot();
            return;
        }

        // A page that has ended may begin again, so it is followed from its end on.
        var atHead = new StartPosition(listed.Head, HistoryRequested: false, query.WantsSnapshots);
        var start = query.IsLive ? atHead : await starts.FindNewAsync(page, query, cancellationToken);
        page.Start(start ?? atHead);
    }
}

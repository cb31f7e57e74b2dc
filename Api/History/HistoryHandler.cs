using LiveStreams.Api.Http;
using LiveStreams.Api.Limits;
using LiveStreams.Core;
using LiveStreams.Core.FanOut;

namespace LiveStreams.Api.History;

/// <summary>Serves a page's state and its history.</summary>
internal sealed class HistoryHandler(
    IPageLog log, FeedRegistry feeds, SubscriberCounts subscribers, ReadRateLimiter rates)
{
    private readonly HistoryResponses _responses = new();

    /// <summary><c>GET /pages/{page}</c>: what the page keeps, and how many watch it on all nodes.</summary>
    public async Task GetPageAsync(HttpContext context)
    {
        if (!PagePath.TryRead(context, out var page, out var refusal) || !rates.TryAcquire(context, out refusal))
        {
            await refusal.WriteAsync(context);
            return;
        }

        var head = await log.HeadAsync(page, context.RequestAborted);
        var state = PageSummary.Of(page, head, subscribers.Of(page));
        await JsonResponse.WriteAsync(context.Response, state, HistoryJson.Default.PageSummary);
    }

    /// <summary>
    /// <c>GET /pages/{page}/updates?after=ID&amp;limit=N</c>: history after a position, or from the oldest kept update,
    /// one block at a time.
    /// </summary>
    public async Task GetUpdatesAsync(HttpContext context)
    {
        if (!PagePath.TryRead(context, out var page, out var refusal)
            || !HistoryQuery.TryRead(context.Request, out var query, out refusal)
            || !rates.TryAcquire(context, out refusal))
        {
            await refusal.WriteAsync(context);
            return;
        }

        var reader = new ResponseReader(context);
        if (feeds.Unsent.IsFull(reader.Owner))
        {
            await Problem.UnsentFull.WriteAsync(context);
            return;
        }

        var after = query.After ?? UpdateId.None;
        var block = await log.ReadAsync(page, after, query.Limit, context.RequestAborted);
        while (query.After is null && block.Reset is { Reason: ResetReason.Trimmed } trimmed)
        {
            after = trimmed.From;
            block = await log.ReadAsync(page, after, query.Limit, context.RequestAborted);
        }

        if (block.Reset is { } reset)
        {
            await Problem.HistoryGone.WriteAsync(
                context,
                $"The position {after} cannot be served (reason: {reset.ReasonName}). Continue after {reset.From}.",
                new Dictionary<string, object?> { ["reset"] = ResetItem.Of(reset) });
            return;
        }

        await WriteAsync(context, page, after, block, reader);
    }

    private async Task WriteAsync(
        HttpContext context, PageId page, UpdateId after, HistoryBlock block, ResponseReader reader)
    {
        var last = block.Updates.Count > 0 ? block.Updates[^1].Id : after;
        using var lease = _responses.GetOrCreate(
            new HistoryResponseKey(page, after, last, block.Page.Head),
            () => JsonResponse.Encode(UpdateList.Of(page, after, block), HistoryJson.Default.UpdateList));
        ResponseRate.DisableMinimum(context);
        context.Response.ContentType = JsonResponse.ContentType;
        var response = lease.Response;
        await feeds.Responses.WriteAsync(context.Response.BodyWriter, response.Bytes, response.Charge, reader);
    }
}

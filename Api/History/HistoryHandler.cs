using LiveStreams.Api.Http;
using LiveStreams.Api.Limits;
using LiveStreams.Api.Security;
using LiveStreams.Core;
using LiveStreams.Core.FanOut;

namespace LiveStreams.Api.History;

/// <summary>Serves a page's state and its history.</summary>
internal sealed class HistoryHandler(
    IPageLog log,
    HistoryBlockReader blocks,
    FeedRegistry feeds,
    SubscriberCounts subscribers,
    ReadRateLimiter rates,
    SubscribeAuthorization authorization,
    TimeProvider time)
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

    /// <summary><c>GET /pages/{page}/updates</c>: one block of history (<see cref="HistoryQuery"/>).</summary>
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

        var block = await blocks.ReadAsync(page, query, context.RequestAborted);
        if (block.Reset is { } reset)
        {
            var edge = query.Before is { } before ? $"The updates before {before}" : $"The position {query.After}";
            await Problem.HistoryGone.WriteAsync(
                context,
                $"{edge} cannot be served (reason: {reset.ReasonName}). Continue after {reset.From}.",
                new Dictionary<string, object?> { ["reset"] = ResetItem.Of(reset) });
            return;
        }

        var part = HistoryPart.Of(page, query, block, time.GetUtcNow());
        HistoryHeaders.Set(context.Response, part, query.Limit, authorization.IsShareable(context, page));
        await WriteAsync(context, part, reader);
    }

    private async Task WriteAsync(HttpContext context, HistoryPart part, ResponseReader reader)
    {
        var format = HistoryFormats.AcceptedBy(context.Request);
        using var lease = _responses.GetOrCreate(
            HistoryResponseKey.Of(part, format),
            () => format == HistoryFormat.Ndjson
                ? JsonResponse.EncodeLines(part.Block.Updates.Select(UpdateItem.Of), HistoryJson.Default.UpdateItem)
                : JsonResponse.Encode(UpdateList.Of(part), HistoryJson.Default.UpdateList));
        var response = lease.Response;
        if (EntityTag.IsKnown(context, response.Tag))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        ResponseRate.DisableMinimum(context);
        context.Response.ContentType = format.ContentType();
        await feeds.Responses.WriteAsync(context.Response.BodyWriter, response.Bytes, response.Charge, reader);
    }
}

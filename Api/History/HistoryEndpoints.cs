using System.Globalization;
using LiveStreams.Api.Http;
using LiveStreams.Api.Security;
using LiveStreams.Core;
using LiveStreams.Core.FanOut;

namespace LiveStreams.Api.History;

/// <summary>A page's state and its history as JSON.</summary>
internal static class HistoryEndpoints
{
    private const int DefaultLimit = 100;

    public static void MapHistory(this WebApplication app)
    {
        var log = app.Services.GetRequiredService<IPageLog>();
        var feeds = app.Services.GetRequiredService<FeedRegistry>();
        var access = app.Services.GetRequiredService<PageAuthorization>();
        app.MapGet("/pages/{page}", access.ToSubscribe(context => PageAsync(context, log, feeds)));
        app.MapGet("/pages/{page}/updates", access.ToSubscribe(context => UpdatesAsync(context, log)));
    }

    /// <summary><c>GET /pages/{page}</c>: what the page keeps, and who is watching on this node.</summary>
    private static async Task PageAsync(HttpContext context, IPageLog log, FeedRegistry feeds)
    {
        if (!PagePath.TryRead(context, out var page, out var error))
        {
            await Problem.PageName.WriteAsync(context, error);
            return;
        }

        var head = await log.HeadAsync(page, context.RequestAborted);
        await JsonResponse.WriteAsync(context.Response, json =>
        {
            json.WriteString("page", page.Value);
            json.WriteString("head", head.Head.ToString());
            json.WriteString("oldest", head.Count == 0 ? null : new UpdateId(head.Head.Epoch, head.OldestSequence).ToString());
            json.WriteNumber("updates", head.Count);
            json.WriteBoolean("ended", head.IsEnded);
            json.WriteNumber("subscribers", feeds.GetSubscriberCount(page));
        });
    }

    /// <summary><c>GET /pages/{page}/updates?after=ID&amp;limit=N</c>: history after a position, or from the oldest kept, in pages.</summary>
    private static async Task UpdatesAsync(HttpContext context, IPageLog log)
    {
        if (!PagePath.TryRead(context, out var page, out var error))
        {
            await Problem.PageName.WriteAsync(context, error);
            return;
        }

        if (!TryReadLimit(context.Request, out var limit))
        {
            await Problem.Query.WriteAsync(context, $"limit is a number from 1 to {HistoryBlock.MaxUpdates}.");
            return;
        }

        var after = UpdateId.None;
        var fromOldest = !context.Request.Query.TryGetValue("after", out var text);
        if (!fromOldest && !UpdateId.TryParse(text, out after))
        {
            await Problem.Query.WriteAsync(context, "after is the id of an update, or 0.");
            return;
        }

        var block = await log.ReadAsync(page, after, limit, context.RequestAborted);
        while (fromOldest && block.Reset is ResetReason.Trimmed)
        {
            after = block.Page.Earliest;
            block = await log.ReadAsync(page, after, limit, context.RequestAborted);
        }

        if (block.Reset is { } reason)
        {
            await Problem.HistoryGone.WriteAsync(
                context, $"The position {after} is {reason.ToString().ToLowerInvariant()}; what is kept begins after {block.Page.Earliest}.");
            return;
        }

        await JsonResponse.WriteAsync(context.Response, json => HistoryJson.WriteBlock(json, page, after, block));
    }

    private static bool TryReadLimit(HttpRequest request, out int limit)
    {
        limit = DefaultLimit;
        return !request.Query.TryGetValue("limit", out var text)
            || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit is >= 1 and <= HistoryBlock.MaxUpdates);
    }
}

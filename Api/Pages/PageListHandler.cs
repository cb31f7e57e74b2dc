using LiveStreams.Api.Http;
using LiveStreams.Api.Limits;
using LiveStreams.Api.Security;
using LiveStreams.Core.FanOut;
using LiveStreams.Core.Listing;
using LiveStreams.Core.Unsent;

namespace LiveStreams.Api.Pages;

/// <summary><c>GET /pages?prefix=&amp;after=&amp;limit=</c>.</summary>
internal sealed class PageListHandler(
    ListedNames listed, PageSearch search, FeedRegistry feeds, ReadRateLimiter rates)
{
    /// <summary>
    /// Lists the pages that the caller may publish to, or may read by a grant. Names that it may not see are not read
    /// from the store, so neither the response nor its time depends on them.
    /// </summary>
    public async Task GetPagesAsync(HttpContext context)
    {
        if (!PageListQuery.TryRead(context.Request, out var query, out var refusal)
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

        var ranges = await listed.FindAsync(context, query.Range);
        var list = PageList.Of(await search.FindAsync(ranges, query.Limit, context.RequestAborted));
        var bytes = JsonResponse.Encode(list, PageListJson.Default.PageList);
        ResponseRate.DisableMinimum(context);
        context.Response.ContentType = JsonResponse.ContentType;
        await feeds.Responses.WriteAsync(
            context.Response.BodyWriter, bytes, new SharedCharge(bytes.Length), reader);
    }
}

using LiveStreams.Api.Http;
using LiveStreams.Api.Limits;
using LiveStreams.Api.Security;
using LiveStreams.Core;

namespace LiveStreams.Api.Publish;

/// <summary><c>DELETE /pages/{page}</c>.</summary>
internal sealed class EndHandler(DraftPublisher publisher, PublishRateLimiter rates)
{
    /// <summary>Ends the page. Ending a page that has ended changes nothing.</summary>
    public async Task EndAsync(HttpContext context)
    {
        if (!PagePath.TryRead(context, out var page, out var refusal)
            || !RequestKey.TryRead(context, out var key, out refusal)
            || !rates.TryAcquire(RequestPublisher.Of(context), page, out refusal))
        {
            await refusal.WriteAsync(context);
            return;
        }

        await publisher.PublishAsync(context, page, UpdateDraft.End(key));
    }
}

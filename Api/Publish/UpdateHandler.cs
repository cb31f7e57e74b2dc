using LiveStreams.Api.Http;
using LiveStreams.Api.Kestrel;
using LiveStreams.Api.Limits;
using LiveStreams.Api.Security;
using LiveStreams.Core.Posts;

namespace LiveStreams.Api.Publish;

/// <summary><c>POST /pages/{page}/updates[?event=NAME][&amp;keep=false]</c>.</summary>
internal sealed class UpdateHandler(
    DraftPublisher publisher,
    PageAuthorization authorization,
    PublishRateLimiter rates,
    LimitOptions limits,
    PostOptions posts)
{
    /// <summary>
    /// 1. Reads path, query and headers, 2. checks the rate limits, 3. reads the data, and checks that the token grants
    /// such an update, 4. publishes.
    /// Nothing is published unless the whole body has arrived. An update that comes too fast is refused before its body
    /// is read. The page's rate is taken last: an update that is refused costs its publisher's rate alone.
    /// </summary>
    public async Task PublishAsync(HttpContext context)
    {
        // 1. Path, query and headers; 2. rate limits.
        var caller = RequestPublisher.Of(context);
        if (!PublishRequest.TryRead(context, out var request, out var refusal)
            || !rates.TryAcquire(caller, out refusal)
            || !rates.MayAcquireOnPage(caller, request.Page, out refusal))
        {
            await refusal.WriteAsync(context);
            return;
        }

        // 3. The data.
        if (await RequestBody.ReadAsync(context.Request, limits.MaxUpdateBytes) is not { } data)
        {
            await Problem.TooLarge.WriteAsync(context, $"An update has at most {limits.MaxUpdateBytes} bytes.");
            return;
        }

        if (!request.TryMakeDraft(data, posts, out var draft, out refusal)
            || !authorization.MayPublish(context, request.Page, draft, out refusal)
            || !rates.TryAcquireOnPage(caller, request.Page, out refusal))
        {
            await refusal.WriteAsync(context);
            return;
        }

        // 4. Publish.
        await publisher.PublishAsync(context, request.Page, draft);
    }
}

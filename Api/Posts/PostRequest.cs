using LiveStreams.Api.Http;
using LiveStreams.Api.Limits;
using LiveStreams.Api.Publish;
using LiveStreams.Core;

namespace LiveStreams.Api.Posts;

/// <summary>A request to change a post: which post of which page, and its idempotency key.</summary>
internal sealed record PostRequest(PageId Page, string Post, string? Key)
{
    /// <summary>Reads it; null when something is wrong with it, which the client has then been told.</summary>
    public static async Task<PostRequest?> ReadAsync(HttpContext context, PublishRateLimiter rates)
    {
        if (!PagePath.TryRead(context, out var page, out var error))
        {
            await Problem.PageName.WriteAsync(context, error);
            return null;
        }

        if (!PagePath.TryReadPost(context, out var post, out error))
        {
            await Problem.PostId.WriteAsync(context, error);
            return null;
        }

        if (!IdempotencyKey.TryRead(context.Request, out var key, out error))
        {
            await Problem.IdempotencyKey.WriteAsync(context, error);
            return null;
        }

        if (!rates.TryTake(Publisher.Of(context), page, out var problem, out error))
        {
            await problem.WriteAsync(context, error);
            return null;
        }

        return new PostRequest(page, post, key);
    }
}

using LiveStreams.Api.Http;
using LiveStreams.Api.Limits;
using LiveStreams.Core;
using LiveStreams.Core.Posts;

namespace LiveStreams.Api.Posts;

/// <summary><c>GET /pages/{page}/posts</c>.</summary>
internal sealed class PostsHandler(IPageLog log, ReadRateLimiter rates)
{
    /// <summary>
    /// Serves the posts as they are now, newest first. The entity tag is the id of the update they reflect, so asking
    /// again costs little.
    /// </summary>
    public async Task GetPostsAsync(HttpContext context)
    {
        if (!PagePath.TryRead(context, out var page, out var refusal) || !rates.TryAcquire(context, out refusal))
        {
            await refusal.WriteAsync(context);
            return;
        }

        var posts = await log.PostsAsync(page, context.RequestAborted);
        if (EntityTag.IsKnown(context, posts.Page.Head.ToString()))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        await JsonResponse.WriteAsync(context.Response, json =>
        {
            json.WriteString("page", page.Value);
            PostsJson.WriteSnapshot(json, posts);
        });
    }
}

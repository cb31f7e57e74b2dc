using LiveStreams.Api.Http;
using LiveStreams.Api.Security;
using LiveStreams.Core;
using LiveStreams.Core.Posts;

namespace LiveStreams.Api.Posts;

/// <summary>A page's live posts as they are now. <c>Publish</c> changes them.</summary>
internal static class PostEndpoints
{
    public static void MapPosts(this WebApplication app)
    {
        var log = app.Services.GetRequiredService<IPageLog>();
        var authorization = app.Services.GetRequiredService<PageAuthorization>();
        app.MapGet("/pages/{page}/posts", authorization.ToSubscribe(context => ReadAsync(context, log)));
    }

    /// <summary>
    /// <c>GET /pages/{page}/posts</c>: the posts now, newest first. The entity tag is the id of the update they
    /// reflect, so asking again costs little.
    /// </summary>
    private static async Task ReadAsync(HttpContext context, IPageLog log)
    {
        if (!PagePath.TryRead(context, out var page, out var refusal))
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

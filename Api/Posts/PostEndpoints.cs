using System.Text.Unicode;
using LiveStreams.Api.Hosting;
using LiveStreams.Api.Http;
using LiveStreams.Api.Limits;
using LiveStreams.Api.Publish;
using LiveStreams.Api.Security;
using LiveStreams.Core;
using LiveStreams.Core.FanOut;
using LiveStreams.Core.Posts;
using Microsoft.Net.Http.Headers;

namespace LiveStreams.Api.Posts;

/// <summary>A page's live posts over HTTP. To change one is to publish an update, which is answered as any other.</summary>
internal static class PostEndpoints
{
    public static void MapPosts(this WebApplication app)
    {
        var pages = app.Services.GetRequiredService<IPublishRouter>();
        var feeds = app.Services.GetRequiredService<Feeds>();
        var log = app.Services.GetRequiredService<IPageLog>();
        var limits = app.Services.GetRequiredService<LimitOptions>();
        var posts = app.Services.GetRequiredService<PostOptions>();
        var rates = app.Services.GetRequiredService<PublishRateLimiter>();
        var access = app.Services.GetRequiredService<PageAuthorization>();
        app.MapPut("/pages/{page}/posts/{post}", access.ToPublish(context => RenderAsync(context, pages, feeds, rates, limits, posts)));
        app.MapDelete("/pages/{page}/posts/{post}", access.ToPublish(context => RemoveAsync(context, pages, feeds, rates)));
        app.MapGet("/pages/{page}/posts", access.ToSubscribe(context => PostsAsync(context, log)));
    }

    /// <summary><c>PUT /pages/{page}/posts/{post}[?show=false]</c>: the body is the post's HTML. A new post comes first; one that is there keeps its place.</summary>
    private static async Task RenderAsync(HttpContext context, IPublishRouter pages, Feeds feeds, PublishRateLimiter rates, LimitOptions limits, PostOptions posts)
    {
        if (await PostRequest.ReadAsync(context, rates) is not { } request)
        {
            return;
        }

        if (!DataKind.TryParse(context.Request.ContentType, out var kind, out var error) || kind.IsJson)
        {
            await Problem.ContentType.WriteAsync(context, error ?? "A post is HTML, as text/*.");
            return;
        }

        var show = context.Request.Query.TryGetValue("show", out var shows) ? shows.ToString() : "true";
        if (show is not ("true" or "false"))
        {
            await Problem.Query.WriteAsync(context, "show is 'true' or 'false'.");
            return;
        }

        if (await BodyData.ReadAsync(context.Request, posts.MaxPostBytes) is not { } content)
        {
            await Problem.TooLarge.WriteAsync(context, $"A post has at most {posts.MaxPostBytes} bytes.");
            return;
        }

        if (!Utf8.IsValid(content))
        {
            await Problem.Data.WriteAsync(context, "The post is not valid UTF-8.");
            return;
        }

        var draft = UpdateDraft.Change(new PostChanges([new Post(request.Post, show == "true", content)], []), request.Key);
        if (draft.Data.Length > limits.MaxUpdateBytes)
        {
            await Problem.TooLarge.WriteAsync(context, $"As JSON the post has {draft.Data.Length} bytes, and an update has at most {limits.MaxUpdateBytes}.");
            return;
        }

        await PublishAsync(context, request.Page, draft, pages, feeds);
    }

    /// <summary><c>DELETE /pages/{page}/posts/{post}</c>. Removing a post that is not there is an update like any other.</summary>
    private static async Task RemoveAsync(HttpContext context, IPublishRouter pages, Feeds feeds, PublishRateLimiter rates)
    {
        if (await PostRequest.ReadAsync(context, rates) is { } request)
        {
            await PublishAsync(context, request.Page, UpdateDraft.Change(new PostChanges([], [request.Post]), request.Key), pages, feeds);
        }
    }

    private static async Task PublishAsync(HttpContext context, PageId page, UpdateDraft draft, IPublishRouter pages, Feeds feeds)
    {
        var published = await pages.PublishAsync(page, draft, CancellationToken.None);
        await new PublishResponse(page, published, feeds.SubscribersOf(page)).WriteAsync(context.Response);
    }

    /// <summary><c>GET /pages/{page}/posts</c>: the posts now, newest first. The entity tag is the id they stand at, so that asking again costs little.</summary>
    private static async Task PostsAsync(HttpContext context, IPageLog log)
    {
        if (!PagePath.TryRead(context, out var page, out var error))
        {
            await Problem.PageName.WriteAsync(context, error);
            return;
        }

        var posts = await log.PostsAsync(page, context.RequestAborted);
        var tag = new EntityTagHeaderValue($"\"{posts.Page.Head}\"");
        context.Response.Headers.ETag = tag.ToString();
        if (context.Request.GetTypedHeaders().IfNoneMatch.Any(
            known => known.Equals(EntityTagHeaderValue.Any) || known.Compare(tag, useStrongComparison: false)))
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

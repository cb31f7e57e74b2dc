using System.Diagnostics.CodeAnalysis;
using System.Text.Unicode;
using LiveStreams.Api.Http;
using LiveStreams.Api.Kestrel;
using LiveStreams.Api.Limits;
using LiveStreams.Api.Security;
using LiveStreams.Core;
using LiveStreams.Core.Posts;

namespace LiveStreams.Api.Publish;

/// <summary>
/// <c>PUT</c> and <c>DELETE</c> on <c>/pages/{page}/posts/{post}</c>. To change a post is to publish an update, so the
/// response is that of a publish.
/// </summary>
internal sealed class PostHandler(
    DraftPublisher publisher,
    PublishRateLimiter rates,
    LimitOptions limits,
    PostOptions posts)
{
    /// <summary>
    /// <c>PUT ...[?show=false]</c>: the body is the post's HTML. A new post comes first on the page; an existing one
    /// keeps its place.
    /// </summary>
    public async Task RenderAsync(HttpContext context)
    {
        if (!PostRequest.TryRead(context, out var request, out var refusal)
            || !rates.TryAcquire(RequestPublisher.Of(context), request.Page, out refusal)
            || !IsHtml(context.Request.ContentType, out refusal)
            || !QueryFlag.TryRead(context.Request, "show", defaultValue: true, out var show, out refusal))
        {
            await refusal.WriteAsync(context);
            return;
        }

        if (await RequestBody.ReadAsync(context.Request, posts.MaxPostBytes) is not { } content)
        {
            await Problem.TooLarge.WriteAsync(context, $"A post has at most {posts.MaxPostBytes} bytes.");
            return;
        }

        if (!Utf8.IsValid(content))
        {
            await Problem.Data.WriteAsync(context, "The post is not valid UTF-8.");
            return;
        }

        var post = new Post(request.Post, show, content);
        var draft = UpdateDraft.ChangePosts(new PostChanges([post], []), request.Key);
        if (draft.Data.Length > limits.MaxUpdateBytes)
        {
            await Problem.TooLarge.WriteAsync(
                context,
                $"As JSON the post has {draft.Data.Length} bytes; an update has at most {limits.MaxUpdateBytes}.");
            return;
        }

        await publisher.PublishAsync(context, request.Page, draft);
    }

    /// <summary><c>DELETE</c>. Removing a post that does not exist is an update like any other.</summary>
    public async Task RemoveAsync(HttpContext context)
    {
        if (!PostRequest.TryRead(context, out var request, out var refusal)
            || !rates.TryAcquire(RequestPublisher.Of(context), request.Page, out refusal))
        {
            await refusal.WriteAsync(context);
            return;
        }

        var changes = new PostChanges([], [request.Post]);
        await publisher.PublishAsync(context, request.Page, UpdateDraft.ChangePosts(changes, request.Key));
    }

    private static bool IsHtml(string? contentType, [NotNullWhen(false)] out Refusal? refusal)
    {
        if (DataKind.TryParse(contentType, out var kind, out refusal) && kind.IsJson)
        {
            refusal = new Refusal(Problem.ContentType, "A post must be HTML, as text/*.");
        }

        return refusal is null;
    }
}

using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using LiveStreams.Api.Http;
using LiveStreams.Api.Limits;
using LiveStreams.Core;
using LiveStreams.Core.FanOut;

namespace LiveStreams.Api.Posts;

/// <summary><c>GET /pages/{page}/posts</c>.</summary>
internal sealed class PostsHandler(FeedRegistry feeds, ReadRateLimiter rates)
{
    /// <summary>
    /// Serves the posts as they are now, newest first. The entity tag is the id of the update they reflect, so asking
    /// again costs little: the posts are read, but neither encoded nor sent. All readers of the same posts are sent the
    /// same bytes, which streams share too.
    /// </summary>
    public async Task GetPostsAsync(HttpContext context)
    {
        if (!PagePath.TryRead(context, out var page, out var refusal) || !rates.TryAcquire(context, out refusal))
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

        using var lease = await feeds.Snapshots.ReadAsync(page, reader, context.RequestAborted);
        var posts = lease.Snapshot;
        if (EntityTag.IsKnown(context, posts.Page.Head.ToString()))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        // Others may have been sent much since, and the posts as JSON may have six times their size.
        if (feeds.Unsent.IsFull(reader.Owner))
        {
            await Problem.UnsentFull.WriteAsync(context);
            return;
        }

        await posts.EncodeAsync(context.RequestAborted);

        // The page's name goes before the members of the snapshot.
        ResponseRate.DisableMinimum(context);
        context.Response.ContentType = JsonResponse.ContentType;
        context.Response.BodyWriter.Write(NameMember(page));
        await feeds.Responses.WriteAsync(context.Response.BodyWriter, posts.Json[1..], posts.Charge, reader);
    }

    private static byte[] NameMember(PageId page) => Encoding.UTF8.GetBytes(
        $$"""{"page":"{{JsonEncodedText.Encode(page.Value, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}}",""");
}

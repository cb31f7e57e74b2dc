using System.Diagnostics.CodeAnalysis;
using LiveStreams.Api.Http;
using LiveStreams.Core;

namespace LiveStreams.Api.Publish;

/// <summary>A request to change a post: which post of which page, and its idempotency key.</summary>
internal readonly record struct PostRequest(PageId Page, string Post, IdempotencyKey? Key)
{
    public static bool TryRead(HttpContext context, out PostRequest request, [NotNullWhen(false)] out Refusal? refusal)
    {
        request = default;
        if (!PagePath.TryRead(context, out var page, out refusal)
            || !PagePath.TryReadPost(context, out var post, out refusal)
            || !RequestKey.TryRead(context, out var key, out refusal))
        {
            return false;
        }

        request = new PostRequest(page, post, key);
        return true;
    }
}

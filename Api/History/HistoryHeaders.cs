using LiveStreams.Api.Http;
using LiveStreams.Core;

namespace LiveStreams.Api.History;

/// <summary>What caches may do with a block of history, and where the blocks beside it are, in headers.</summary>
internal static class HistoryHeaders
{
    private const string Immutable = "max-age=31536000, immutable";

    /// <summary>
    /// Sets <c>Cache-Control</c>, <c>Vary</c> and <c>Link</c>. <paramref name="isShareable"/> is whether a cache may
    /// give the response to other clients.
    /// </summary>
    public static void Set(HttpResponse response, HistoryPart part, int limit, bool isShareable)
    {
        var headers = response.Headers;

        // The browser's next user, or the same one after the token is revoked, must not get it from the cache.
        headers.CacheControl = (part.IsFull, isShareable) switch
        {
            (true, true) => $"public, {Immutable}",
            (false, true) => "no-cache",
            _ => "private, no-cache",
        };

        // Origin: a response to a page of another origin has headers for that origin only.
        headers.Vary = "Accept, Origin";
        if (part.Prev is { } prev)
        {
            headers.Append("Link", Link(part.Page, $"before={prev}", limit, "prev"));
        }

        if (part.Next is { } next)
        {
            headers.Append("Link", Link(part.Page, $"after={next}", limit, "next"));
        }
    }

    private static string Link(PageId page, string edge, int limit, string relation) =>
        $"<{PagePath.For(page, "updates")}?{edge}&limit={limit}>; rel=\"{relation}\"";
}

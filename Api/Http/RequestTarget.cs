using Microsoft.AspNetCore.Http.Features;

namespace LiveStreams.Api.Http;

/// <summary>
/// The path of a request as it was sent. <see cref="HttpRequest.Path"/> is decoded, except for <c>%2F</c>, and its dot
/// segments are removed (RFC 3986 §6.2.2.3), so that many paths would look the same.
/// </summary>
internal static class RequestTarget
{
    // The target is a path, or, from a proxy, a whole URL (RFC 9112 §3.2).
    public static ReadOnlySpan<char> PathOf(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.AsSpan();
        var query = target.IndexOf('?');
        var path = query < 0 ? target : target[..query];
        var authority = path.StartsWith('/') ? -1 : path.IndexOf("://", StringComparison.Ordinal);
        if (authority < 0)
        {
            return path;
        }

        var rest = path[(authority + 3)..];
        var start = rest.IndexOf('/');
        return start < 0 ? "/" : rest[start..];
    }
}

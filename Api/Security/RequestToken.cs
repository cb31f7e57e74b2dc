using LiveStreams.Api.Http;
using Microsoft.Extensions.Primitives;

namespace LiveStreams.Api.Security;

/// <summary>
/// A token as a request carries it (RFC 6750 §2): in the header, else in the cookie, else, where that is allowed, in
/// the query.
/// </summary>
internal readonly record struct RequestToken(string Text, bool IsCookie)
{
    public const string Cookie = "livestreams_token";
    public const string QueryName = "access_token";

    /// <summary>
    /// With this prefix a browser takes the cookie only from this host itself, over TLS (RFC 6265bis §4.1.3.2): not
    /// from a page of a subdomain or of a sibling.
    /// </summary>
    public const string HostCookie = $"__Host-{Cookie}";

    private const string Scheme = "Bearer";

    private static readonly Refusal _twoTokens =
        new(Problem.TwoTokens, "A request may have one token, in one place.");

    private static readonly Refusal _twoCookies =
        new(Problem.TwoTokens, $"A request may have one cookie {Cookie} or {HostCookie}.");

    /// <summary>Finds the request's token, which is null if it has none; refuses a request that has two.</summary>
    public static Refusal? Find(HttpRequest request, bool allowQuery, out RequestToken? token)
    {
        token = null;
        var headers = request.Headers.Authorization;
        var inHeader = headers.Count > 0 && IsBearer(headers[0] ?? "");
        var inQuery = allowQuery ? request.Query[QueryName] : default;
        if (headers.Count > 1
            || (inHeader && headers[0]!.Contains(','))
            || inQuery.Count > 1
            || (inHeader && inQuery.Count > 0))
        {
            return _twoTokens;
        }

        if (inHeader)
        {
            token = new RequestToken(headers[0]![Scheme.Length..].Trim(' '), IsCookie: false);
            return null;
        }

        if (!TryFindCookie(request.Headers.Cookie, out token))
        {
            return _twoCookies;
        }

        if (token is null && inQuery.Count > 0)
        {
            token = new RequestToken(inQuery[0] ?? "", IsCookie: false);
        }

        return null;
    }

    // Not with ASP.NET's parser: it ignores the case of names, and of two cookies of one name it returns the last.
    private static bool TryFindCookie(StringValues headers, out RequestToken? token)
    {
        token = null;
        foreach (var header in headers)
        {
            foreach (var part in header.AsSpan().Split(';'))
            {
                var cookie = header.AsSpan()[part].Trim(" \t");
                var end = cookie.IndexOf('=');
                if (end < 0 || cookie[..end] is not (Cookie or HostCookie))
                {
                    continue;
                }

                if (token is not null)
                {
                    return false;
                }

                token = new RequestToken(cookie[(end + 1)..].ToString(), IsCookie: true);
            }
        }

        return true;
    }

    private static bool IsBearer(string header) =>
        header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        && (header.Length == Scheme.Length || header[Scheme.Length] == ' ');
}

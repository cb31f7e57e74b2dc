namespace LiveStreams.Api.Security;

/// <summary>A token as a request carries it (RFC 6750 §2): in the header, else in the cookie, else, where that is allowed, in the query.</summary>
internal readonly record struct RequestToken(string Text, bool IsCookie)
{
    public const string Cookie = "livestreams_token";
    public const string QueryName = "access_token";

    private const string Scheme = "Bearer";

    /// <summary>Null when there is none; <paramref name="error"/> when there are two.</summary>
    public static RequestToken? Of(HttpRequest request, bool allowQuery, out string? error)
    {
        error = null;
        var headers = request.Headers.Authorization;
        var inHeader = headers.Count > 0 && IsBearer(headers[0] ?? "");
        var inQuery = allowQuery ? request.Query[QueryName] : default;
        if (headers.Count > 1 || (inHeader && headers[0]!.Contains(',')) || inQuery.Count > 1 || (inHeader && inQuery.Count > 0))
        {
            error = "A request has one token, in one place.";
            return null;
        }

        if (inHeader)
        {
            return new RequestToken(headers[0]![Scheme.Length..].Trim(' '), IsCookie: false);
        }

        if (request.Headers.Cookie.Count > 0 && request.Cookies.TryGetValue(Cookie, out var cookie))
        {
            return new RequestToken(cookie, IsCookie: true);
        }

        return inQuery.Count > 0 ? new RequestToken(inQuery[0] ?? "", IsCookie: false) : null;
    }

    private static bool IsBearer(string header) =>
        header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && (header.Length == Scheme.Length || header[Scheme.Length] == ' ');
}

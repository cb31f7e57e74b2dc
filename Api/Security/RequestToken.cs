using LiveStreams.Api.Http;

namespace LiveStreams.Api.Security;

/// <summary>
/// A token as a request carries it (RFC 6750 §2): in the header, else in the cookie, else, where that is allowed, in
/// the query.
/// </summary>
internal readonly record struct RequestToken(string Text, bool IsCookie)
{
    public const string Cookie = "livestreams_token";
    public const string QueryName = "access_token";

    private const string Scheme = "Bearer";

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
            return new Refusal(Problem.TwoTokens, "A request may have one token, in one place.");
        }

        if (inHeader)
        {
            token = new RequestToken(headers[0]![Scheme.Length..].Trim(' '), IsCookie: false);
        }
        else if (request.Headers.Cookie.Count > 0 && request.Cookies.TryGetValue(Cookie, out var cookie))
        {
            token = new RequestToken(cookie, IsCookie: true);
        }
        else if (inQuery.Count > 0)
        {
            token = new RequestToken(inQuery[0] ?? "", IsCookie: false);
        }

        return null;
    }

    private static bool IsBearer(string header) =>
        header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        && (header.Length == Scheme.Length || header[Scheme.Length] == ' ');
}

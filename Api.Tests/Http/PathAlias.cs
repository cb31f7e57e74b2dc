namespace LiveStreams.Api.Tests.Http;

/// <summary>
/// A request that is nearly one that changes or shows a page: only the spelling of its path or method is another.
/// <c>{page}</c> stands for the page's name, <c>{host}</c> for the server's host and port.
/// </summary>
internal sealed record PathAlias(string Method, string Target, bool IsBatch = false)
{
    private static readonly string[] _updates =
    [
        "/Pages/{page}/updates", "/pages/{page}/Updates", "/PAGES/{page}/UPDATES", "/pages/{page}/updateS",
        "/%70ages/{page}/updates", "/pages/{page}/%75pdates", "/pages/{page}/update%73", "/p%61ges/{page}/updates",
        "/pages/{page}/updates/", "/pages/{page}/updates//", "//pages/{page}/updates", "/pages//{page}/updates",
        "/pages/{page}//updates", "///pages/{page}/updates", "/pages/{page}/updates/?keep=true",
        "/./pages/{page}/updates", "/pages/./{page}/updates", "/pages/{page}/./updates", "/pages/{page}/updates/.",
        "/pages/x/../{page}/updates", "/x/../pages/{page}/updates", "/pages/{page}/x/../updates",
        "/../pages/{page}/updates", "/pages/{page}/updates/x/..", "/pages/{page}/updates/..",
        "/%2e/pages/{page}/updates", "/pages/%2E/{page}/updates", "/pages/x/%2e%2e/{page}/updates",
        "/pages/x/.%2e/{page}/updates", "/pages/{page}/updates/%2e", "/pages/{page}/updates/x/%2e%2E",
        "/pages%2F{page}%2Fupdates", "/pages/{page}%2Fupdates", "/pages%2f{page}/updates", "/%2Fpages/{page}/updates",
        "/..%2Fpages/{page}/updates", "/x%2F..%2Fpages/{page}/updates",
        "\\pages\\{page}\\updates", "/pages\\{page}\\updates", "/pages/{page}\\updates", "/\\pages/{page}/updates",
        "/pages/{page}/updates\\", "/pages/{page}/x\\..\\updates", "/pages/{page}%5Cupdates",
        "/pages/{page}/updates;x=1", "/pages;x=1/{page}/updates", "/;/pages/{page}/updates",
        "/pages/{page}/updates%00", "/pages%00/{page}/updates", "/pages/{page}/updates\0", "/pages/{page}/updates%0A",
        "/pages/{page}/updates%20", "/pages/{page}/updates.", "/pages/{page}/updates+", "/pages/{page}/updates%09",
        "/pages/{page}/updates#x", "/pages/{page}#/updates", "/pages/{page}/updates%23", "/pages/{page}/updates%3Fa=b",
        "/%c0%afpages/{page}/updates", "/pages/%c0%ae%c0%ae/{page}/updates", "/pages/{page}/%c1%b5pdates",
        "/pages/{page}/%ef%bd%95pdates", "/pages/{page}/updates%e2%80%8b", "/pages/{page}/\u017Fupdates",
        "/pages/{page}/%u0075pdates", "/pages/{page}/%2575pdates", "pages/{page}/updates", "?/pages/{page}/updates",
        "http://{host}/Pages/{page}/updates", "http://{host}//pages/{page}/updates",
        "http://{host}/pages/{page}/updates/", "http://{host}\\pages/{page}/updates",
        "http://{host}/pages\\{page}\\updates", "http://{host}/x/../pages/{page}/updates",
        "http://{host}/pages/{page}/updates#x", "http://{host}/%70ages/{page}/updates",
        "http:/pages/{page}/updates", "*", "{host}",
    ];

    private static readonly string[] _batches =
    [
        "/Updates", "/UPDATES", "/updates/", "//updates", "/%75pdates", "/./updates", "/updates/.", "/x/../updates",
        "/pages/../updates", "/pages/%2e%2e/updates", "/updates#x", "/updates;x", "/updates%00", "/%2Fupdates",
        "\\updates", "http://{host}/updates/", "http://{host}\\updates", "http://{host}/Updates",
    ];

    private static readonly string[] _pages =
    [
        "/Pages/{page}", "/%70ages/{page}", "/pages/{page}/", "//pages/{page}", "/pages//{page}", "/pages/./{page}",
        "/pages/{page}/.", "/pages/{page}/x/..", "/pages/{page}/updates/..", "/pages/x/../{page}", "/pages/%2e/{page}",
        "/pages/{page}/%2e", "/pages\\{page}", "/pages/x/..\\{page}", "http://{host}/pages/{page}/",
    ];

    private static readonly string[] _posts =
    [
        "/pages/{page}/Posts/a", "/pages/{page}/%70osts/a", "/pages/{page}/posts/a/", "/pages/{page}/posts//a",
        "/pages/{page}//posts/a", "/pages/{page}/posts/./a", "/pages/{page}/posts/x/../a", "/pages/{page}/posts/a/.",
        "/pages/{page}/posts/a\\", "/pages/{page}/posts\\a", "/Pages/{page}/posts/a", "/pages/{page}/posts/a#b",
    ];

    private static readonly string[] _reads =
    [
        "/Pages/{page}/events", "/pages/{page}/Events", "/pages/{page}/events/", "/pages/{page}/%65vents",
        "/pages//{page}/events", "//pages/{page}/events", "/pages/./{page}/events", "/pages/x/../{page}/events",
        "/pages/{page}/events/.", "/pages/{page}\\events", "/pages/{page}/events#x", "/Pages/{page}/posts",
        "/pages/{page}/posts/", "/pages/{page}/Posts", "/Pages/{page}/updates", "/pages/{page}/updates/",
        "http://{host}/Pages/{page}/events", "http://{host}\\pages\\{page}\\events",
    ];

    private static readonly string[] _others =
    [
        "/Health/live", "/health/Live", "/health/live/", "/health//live", "/%68ealth/live", "/./health/ready",
        "/Livestreams.js", "/livestreams.JS", "/livestreams.js/", "/%6civestreams.js", "/livestreams.mjs/.",
        "//", "/.", "/./", "/%2e", "/#", "/x/..", "\\", "http://{host}//",
    ];

    /// <summary>Every endpoint in its exact spelling, apart from its method.</summary>
    public static readonly PathAlias[] WrongMethods =
    [
        .. Spellings("POST", "/pages/{page}/updates"), .. Spellings("POST", "/updates", isBatch: true),
        .. Spellings("PUT", "/pages/{page}/posts/a"), .. Spellings("DELETE", "/pages/{page}/posts/a"),
        .. Spellings("DELETE", "/pages/{page}"), .. Spellings("GET", "/pages/{page}"),
        .. Spellings("GET", "/pages/{page}/events"), .. Spellings("GET", "/pages/{page}/updates"),
        .. Spellings("GET", "/pages/{page}/posts"), .. Spellings("GET", "/livestreams.js"), .. Spellings("GET", "/"),
        .. Spellings("GET", "/health/live"),
    ];

    public static readonly PathAlias[] All =
    [
        .. _updates.Select(target => new PathAlias("POST", target)),
        .. _batches.Select(target => new PathAlias("POST", target, IsBatch: true)),
        .. _pages.Select(target => new PathAlias("DELETE", target)),
        .. _pages.Select(target => new PathAlias("GET", target)),
        .. _posts.Select(target => new PathAlias("PUT", target)),
        .. _posts.Select(target => new PathAlias("DELETE", target)),
        .. _reads.Select(target => new PathAlias("GET", target)),
        .. _others.Select(target => new PathAlias("GET", target)),
        .. WrongMethods,
        new("CONNECT", "{host}"), new("CONNECT", "/pages/{page}/updates"), new("PATCH", "/pages/{page}/updates"),
        new("TRACE", "/pages/{page}/updates"), new("PO\u017FT", "/pages/{page}/updates"), new("OPTIONS", "*"),
    ];

    /// <summary>Sends the request as these bytes, and returns the response up to its end or its stream.</summary>
    public async Task<string> SendAsync(Uri server, string page, string headers = "", string? from = null)
    {
        var target = Target
            .Replace("{page}", page, StringComparison.Ordinal)
            .Replace("{host}", server.Authority, StringComparison.Ordinal);
        var body = Method.Equals("GET", StringComparison.OrdinalIgnoreCase) ? ""
            : IsBatch ? $$"""{"page":"{{page}}","data":"x"}"""
            : "x";
        using var raw = await RawHttp.ConnectAsync(server, from: from);
        await raw.SendAsync(
            $"{Method} {target} HTTP/1.1\r\nHost: {server.Authority}\r\nConnection: close\r\n{headers}"
            + $"Content-Type: {(IsBatch ? "application/x-ndjson" : "text/plain")}\r\n"
            + $"Content-Length: {body.Length}\r\n\r\n{body}");
        return await raw.ReceiveAsync();
    }

    private static IEnumerable<PathAlias> Spellings(string method, string target, bool isBatch = false) =>
    [
        new(method.ToLowerInvariant(), target, isBatch),
        new(method[..1] + method[1..].ToLowerInvariant(), target, isBatch),
        new(method[..^1] + method[^1..].ToLowerInvariant(), target, isBatch),
    ];
}

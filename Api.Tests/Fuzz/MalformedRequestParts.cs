namespace LiveStreams.Api.Tests.Fuzz;

/// <summary>Invalid or unusual parts of a request. Each character stands for one byte (Latin-1).</summary>
internal static class MalformedRequestParts
{
    public static readonly string[] Methods =
    [
        "get", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "OPTIONS", "PRI", "", "G\0T", "GET\t", "\"GET\"",
        "G\xcbT", new string('M', 300),
    ];

    public static readonly string[] Versions =
    [
        "HTTP/1.0", "HTTP/1.2", "HTTP/2.0", "HTTP/0.9", "http/1.1", "HTTP/1.1 ", "HTTP/11", "HTTP/1.", "HTTP/-1.1", "",
        "HTTP/1.1\0", "FTP/1.1",
    ];

    public static readonly string[] Targets =
    [
        "*", "", "http://127.0.0.1/pages/fuzz", "http://127.0.0.1", "http://127.0.0.1?x",
        "https://[::1]:99999/pages/fuzz/updates", "http://u:p@h/pages/fuzz", "HTTP://x//pages/fuzz", "://", "fuzz:80",
        "pages/fuzz",
        "//pages/fuzz", "/pages//updates", "/pages/fuzz/", "/pages/./fuzz", "/pages/../pages/fuzz",
        "/pages/%2e%2e/fuzz", "/%70ages/fuzz", "/pages/fuzz#part", "/pages/fuzz/updates?", "/pages/fuzz/updates?&&==&",
        "\\pages\\fuzz", "/../../etc/passwd", "/livestreams.mjs/..", "/openapi.json", "/metrics", "/Health/Live",
    ];

    public static readonly string[] QueryKeys =
    [
        "from", "since", "lastEventId", "LASTEVENTID", "last_event_id", "snapshot", "limit", "after", "event", "keep",
        "show", "%66rom", "from%00", "", "access_token",
    ];

    public static readonly string[] Hosts =
    [
        "", " ", "a b", "127.0.0.1:99999", "127.0.0.1:x", "[::1", "[::1]:80", "a,b", "a/b", "a@b", "a\0b",
        "\xe9.example", "xn--", "..", "%41", new string('h', 3000),
    ];

    public static readonly string[] Origins =
    [
        "null", "", "https://example.org", "https://example.org.evil.example", "http://127.0.0.1:80:80", "https://",
        "://", "file:///", "https://[::1", "https://example.org, https://example.org", "\xff", "http://\xe2\x80\xae",
    ];

    public static readonly string[] ContentTypes =
    [
        "", ";", "text", "text/", "/plain", "text/plain; charset=utf-16", "text/plain;charset=\"utf-8",
        "text/plain; charset==", "application/json; a=b; a=b", "application/+json", "multipart/form-data", "*/*",
        "text/plain, text/plain", "application/json\xe9",
    ];

    public static readonly string[] TransferEncodings =
    [
        "chunked", "Chunked", "chunked, chunked", "gzip, chunked", "chunked, gzip", "identity", "xchunked",
        "chunked;a=b", "\vchunked", "", "chunked\0",
    ];

    public static readonly string[] IdempotencyKeys =
    [
        "", " ", "\t", "k\0k", "k\xe9y", new string('k', 128), new string('k', 129), "a, b", "~", "%0d%0a",
    ];

    public static readonly string[] HeaderLines =
    [
        "X-Odd : 1\r\n", " folded: 1\r\n", "\tfolded\r\n", ": no name\r\n", "no colon\r\n", "X-Nul\0: 1\r\n",
        "X-Value: a\0b\r\n", "X-Value: a\rb\r\n", "X-Value: a\nX-Split: b\r\n", "X-Bare: 1\n", "Content-Length: 0\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Host: again\r\n", "Connection: close\r\n",
        "Connection: upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n",
        "Connection: upgrade\r\nUpgrade: websocket\r\n", "Connection: Host, Content-Length\r\n",
        "Expect: 200-maybe\r\n", "Expect: 100-continue\r\n",
        "Range: bytes=0-1,5-,-1\r\n", "If-None-Match: *\r\n", "If-None-Match: W/\"x\r\n",
        "If-Modified-Since: never\r\n", "Accept: \xff\r\n", "Accept: application/json;q=2, */*;q=\r\n",
        "Accept-Encoding: gzip;q=9\r\n", "Cookie: livestreams_token=\xff; ;=;a\r\n", "Cookie: \"\r\n",
        "Authorization: Bearer\r\n", "Authorization: Bearer \xff..\r\n", "Authorization: Basic ====\r\n",
        "X-Forwarded-For: \xff, 999.1.1.1\r\n", "Forwarded: for=\"[\r\n", "X-HTTP-Method-Override: DELETE\r\n",
        "Traceparent: 00-zz\r\n",
        "Traceparent: 00-ffffffffffffffffffffffffffffffff-ffffffffffffffff-ff\r\nTracestate: =,\r\n",
        "Baggage: %zz=\xff\r\n", "Trailer: Content-Length\r\n", ":authority: x\r\n",
    ];
}

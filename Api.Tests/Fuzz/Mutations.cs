namespace LiveStreams.Api.Tests.Fuzz;

/// <summary>What is done to a valid request. Each takes the parts it wants and makes them wrong, or merely unusual.</summary>
internal static class Mutations
{
    /// <summary>
    /// More than the server takes of any body, so that its limits are met, and no more than memory has room for.
    /// </summary>
    private const int MaxBodyLength = 8 * 1024 * 1024;

    private static readonly string[] _methods = ["get", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "OPTIONS", "PRI", "", "G\0T", "GET\t", "\"GET\"", "G\xcbT", new string('M', 300)];
    private static readonly string[] _versions = ["HTTP/1.0", "HTTP/1.2", "HTTP/2.0", "HTTP/0.9", "http/1.1", "HTTP/1.1 ", "HTTP/11", "HTTP/1.", "HTTP/-1.1", "", "HTTP/1.1\0", "FTP/1.1"];
    private static readonly string[] _targets =
    [
        "*", "", "http://127.0.0.1/pages/fuzz", "http://127.0.0.1", "http://127.0.0.1?x", "https://[::1]:99999/pages/fuzz/updates", "http://u:p@h/pages/fuzz", "HTTP://x//pages/fuzz", "://", "fuzz:80", "pages/fuzz",
        "//pages/fuzz", "/pages//updates", "/pages/fuzz/", "/pages/./fuzz", "/pages/../pages/fuzz", "/pages/%2e%2e/fuzz", "/%70ages/fuzz", "/pages/fuzz#part", "/pages/fuzz/updates?", "/pages/fuzz/updates?&&==&", "\\pages\\fuzz", "/../../etc/passwd", "/livestreams.mjs/..", "/openapi.json", "/metrics", "/Health/Live",
    ];

    private static readonly string[] _queryKeys = ["from", "since", "lastEventId", "LASTEVENTID", "last_event_id", "snapshot", "limit", "after", "event", "keep", "show", "%66rom", "from%00", "", "access_token"];
    private static readonly string[] _hosts = ["", " ", "a b", "127.0.0.1:99999", "127.0.0.1:x", "[::1", "[::1]:80", "a,b", "a/b", "a@b", "a\0b", "\xe9.example", "xn--", "..", "%41", new string('h', 3000)];
    private static readonly string[] _origins = ["null", "", "https://example.org", "https://example.org.evil.example", "http://127.0.0.1:80:80", "https://", "://", "file:///", "https://[::1", "https://example.org, https://example.org", "\xff", "http://\xe2\x80\xae"];
    private static readonly string[] _contentTypes = ["", ";", "text", "text/", "/plain", "text/plain; charset=utf-16", "text/plain;charset=\"utf-8", "text/plain; charset==", "application/json; a=b; a=b", "application/+json", "multipart/form-data", "*/*", "text/plain, text/plain", "application/json\xe9"];
    private static readonly string[] _keys = ["", " ", "\t", "k\0k", "k\xe9y", new string('k', 128), new string('k', 129), "a, b", "~", "%0d%0a"];
    private static readonly string[] _lines =
    [
        "X-Odd : 1\r\n", " folded: 1\r\n", "\tfolded\r\n", ": no name\r\n", "no colon\r\n", "X-Nul\0: 1\r\n", "X-Value: a\0b\r\n", "X-Value: a\rb\r\n", "X-Value: a\nX-Split: b\r\n", "X-Bare: 1\n", "Content-Length: 0\r\n", "Transfer-Encoding: chunked\r\n",
        "Host: again\r\n", "Connection: close\r\n", "Connection: upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n", "Connection: upgrade\r\nUpgrade: websocket\r\n", "Connection: Host, Content-Length\r\n", "Expect: 200-maybe\r\n", "Expect: 100-continue\r\n",
        "Range: bytes=0-1,5-,-1\r\n", "If-None-Match: *\r\n", "If-None-Match: W/\"x\r\n", "If-Modified-Since: never\r\n", "Accept: \xff\r\n", "Accept: application/json;q=2, */*;q=\r\n", "Accept-Encoding: gzip;q=9\r\n", "Cookie: livestreams_token=\xff; ;=;a\r\n", "Cookie: \"\r\n",
        "Authorization: Bearer\r\n", "Authorization: Bearer \xff..\r\n", "Authorization: Basic ====\r\n", "X-Forwarded-For: \xff, 999.1.1.1\r\n", "Forwarded: for=\"[\r\n", "X-HTTP-Method-Override: DELETE\r\n", "Traceparent: 00-zz\r\n", "Traceparent: 00-ffffffffffffffffffffffffffffffff-ffffffffffffffff-ff\r\nTracestate: =,\r\n", "Baggage: %zz=\xff\r\n", "Trailer: Content-Length\r\n", ":authority: x\r\n",
    ];

    /// <summary>The mutations of a request's parts.</summary>
    public static readonly Action<Random, FuzzRequest>[] OfParts =
    [
        (random, request) => request.Method = Corpus.Of(random, _methods),
        (random, request) => request.Version = Corpus.Of(random, _versions),
        (random, request) => request.Target = Corpus.Of(random, _targets),
        (random, request) => request.Target = Insert(random, request.Target, Corpus.Of(random, Nasty.Encoded), least: 1),
        (random, request) => request.Target = Insert(random, request.Target, Corpus.Of(random, Nasty.Encoded), least: 1),
        (random, request) => request.Target = Insert(random, request.Target, Corpus.Of(random, Nasty.Bytes), least: 0),
        (random, request) => request.Target = request.Target.Replace("fuzz", string.Concat(Enumerable.Repeat(Corpus.Of(random, Nasty.Encoded), random.Next(1, 250))), StringComparison.Ordinal),
        (random, request) => AddQuery(request, Corpus.Of(random, _queryKeys), Corpus.Of(random, Nasty.Numbers)),
        (random, request) => AddQuery(request, "since", Corpus.Of(random, Nasty.Times)),
        (random, request) => AddQuery(request, Corpus.Of(random, _queryKeys), Corpus.Of(random, Nasty.Ids)),
        (random, request) => AddQuery(request, Corpus.Of(random, _queryKeys), Corpus.Of(random, Nasty.Encoded)),
        (random, request) => AddQuery(request, "event", string.Concat(Enumerable.Repeat("e", random.Next(190, 210)))),
        (random, request) => Enumerable.Range(0, random.Next(1, 600)).ToList().ForEach(_ => AddQuery(request, Corpus.Of(random, _queryKeys), "1")),
        (random, request) => SetHeader(request, "Host", Corpus.Of(random, _hosts)),
        (random, request) => SetHeader(request, "Origin", Corpus.Of(random, _origins)),
        (random, request) => SetHeader(request, "Content-Type", Corpus.Of(random, _contentTypes)),
        (random, request) => SetHeader(request, "Idempotency-Key", Corpus.Of(random, _keys)),
        (random, request) => SetHeader(request, "Last-Event-ID", Corpus.Of(random, Nasty.Ids)),
        (random, request) => SetHeader(request, "Last-Event-ID", Corpus.Of(random, Nasty.Bytes)),
        (random, request) => request.Headers.RemoveRange(0, random.Next(request.Headers.Count + 1)),
        (random, request) => request.Headers.Insert(random.Next(request.Headers.Count + 1), (Corpus.Of(random, _lines), null)),
        (random, request) => request.Headers.Insert(random.Next(request.Headers.Count + 1), (Corpus.Of(random, _lines), null)),
        (random, request) => request.Headers.Add(("X-Huge", new string('h', random.Next(40_000)))),
        (random, request) => request.Headers.AddRange(Enumerable.Range(0, random.Next(150)).Select(i => ($"X-{i}", (string?)"many"))),
        (random, request) => Change(random, request, header => (Insert(random, header.Name, Corpus.Of(random, Nasty.Bytes), least: 0), header.Value)),
        (random, request) => Change(random, request, header => (header.Name, Insert(random, header.Value ?? "", Corpus.Of(random, Nasty.Bytes), least: 0))),
        (random, request) => SetHeader(request, "Content-Length", Corpus.Of(random, Nasty.Numbers)),
        (random, request) => SetHeader(request, "Transfer-Encoding", Corpus.Of(random, ["chunked", "Chunked", "chunked, chunked", "gzip, chunked", "chunked, gzip", "identity", "xchunked", "chunked;a=b", "\vchunked", "", "chunked\0"])),
        (random, request) => request.SetChunks(Chunks.Next(random)),
        (random, request) => request.SetChunks(Chunks.Next(random)),
        (random, request) => request.SetBody(Insert(random, request.Body ?? "", Corpus.Of(random, Nasty.Bytes), least: 0)),
        (random, request) => request.SetBody(Insert(random, request.Body ?? "", Corpus.Of(random, Nasty.Json), least: 0)),
        (random, request) => SetJson(random, request, Corpus.Of(random, Nasty.Json)),
        (random, request) => SetJson(random, request, Nested(random)),
        (random, request) => SetJson(random, request, $$"""{"page":{{Corpus.Of(random, Nasty.Json)}},"data":{{Corpus.Of(random, Nasty.Json)}},"event":{{Corpus.Of(random, Nasty.Json)}}}"""),
        (random, request) => SetJson(random, request, $$$"""{"page":"fuzz","data":{{{Corpus.Of(random, Nasty.Json)}}},"key":"k","keep":{{{Corpus.Of(random, Nasty.Numbers)}}}}"""),
        (random, request) => SetJson(random, request, $"{{\"renders\":{{\"{Corpus.Of(random, Nasty.Bytes)}\":{{\"show\":{Corpus.Of(random, Nasty.Json)},\"content\":{Corpus.Of(random, Nasty.Json)}}}}}}}"),
        (random, request) => request.SetBody(Repeat(random, request.Body ?? "x")),
    ];

    /// <summary>The mutations of a request's bytes, whatever they mean.</summary>
    public static readonly Func<Random, byte[], byte[]>[] OfBytes =
    [
        (random, bytes) => Splice(bytes, random.Next(bytes.Length), 1, [(byte)random.Next(256)]),
        (random, bytes) => Splice(bytes, random.Next(bytes.Length), 0, [.. Corpus.Of(random, Nasty.Bytes).Select(symbol => (byte)symbol)]),
        (random, bytes) => random.Next(bytes.Length) is var at ? Splice(bytes, at, random.Next(Math.Min(20, bytes.Length - at)), []) : bytes,
        (random, bytes) => random.Next(bytes.Length) is var at ? Splice(bytes, at, 0, bytes.AsSpan(at, random.Next(bytes.Length - at))) : bytes,
        (random, bytes) => bytes[..random.Next(bytes.Length)],
    ];

    private static string Repeat(Random random, string text)
    {
        var times = random.Next(random.Next(100) == 0 ? 20_000 : 50);
        return string.Concat(Enumerable.Repeat(text, Math.Min(times, MaxBodyLength / Math.Max(text.Length, 1))));
    }

    private static string Insert(Random random, string text, string part, int least) => text.Insert(text.Length == 0 ? 0 : random.Next(Math.Min(least, text.Length), text.Length + 1), part);

    private static void AddQuery(FuzzRequest request, string key, string value) => request.Target += $"{(request.Target.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{key}={value}";

    private static void SetHeader(FuzzRequest request, string name, string value)
    {
        request.Headers.RemoveAll(header => header.Name == name);
        request.Headers.Add((name, value));
    }

    private static void Change(Random random, FuzzRequest request, Func<(string Name, string? Value), (string Name, string? Value)> change)
    {
        if (request.Headers.Count > 0)
        {
            var at = random.Next(request.Headers.Count);
            request.Headers[at] = change(request.Headers[at]);
        }
    }

    private static void SetJson(Random random, FuzzRequest request, string json)
    {
        if (request.Body is not null)
        {
            SetHeader(request, "Content-Type", request.Target.StartsWith("/updates", StringComparison.Ordinal) ? "application/x-ndjson" : Corpus.Of(random, ["application/json", "application/ld+json"]));
            request.SetBody(json);
        }
    }

    private static string Nested(Random random)
    {
        var depth = random.Next(random.Next(20) == 0 ? 10_000 : 70);
        return random.Next(2) == 0
            ? new string('[', depth) + new string(']', depth)
            : string.Concat(Enumerable.Repeat("{\"renders\":", depth)) + "1" + new string('}', depth);
    }

    private static byte[] Splice(byte[] bytes, int at, int remove, ReadOnlySpan<byte> insert) => [.. bytes.AsSpan(0, at), .. insert, .. bytes.AsSpan(at + remove)];
}

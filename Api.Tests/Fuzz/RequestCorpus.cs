using System.Text;

namespace LiveStreams.Api.Tests.Fuzz;

/// <summary>Valid requests for every endpoint of the server, which the mutations change.</summary>
internal static class RequestCorpus
{
    /// <summary>The secret that signs the tokens.</summary>
    public const string Secret = "the secret of a server that receives much malformed input";

    private const string Text = "text/plain";
    private const string Json = "application/json";
    private const string Changes =
        """{"renders":{"goal-1":{"show":true,"content":"<p>1:0!</p>"}},"removals":["kick-off"]}""";

    private static readonly string[] _pages =
        ["fuzz", "fuzz-1", "fuzz-2", "fuzz%2Fthree", "fuzz%20four", "fuzz-%C3%A9", "fuzz-%F0%9F%8E%89"];

    private static readonly string[] _starts =
    [
        "", "?from=earliest", "?from=-10", "?since=10m", "?since=2026-01-31T18:00:00Z", "?snapshot=true",
        "?lastEventId=0", "?last_event_id=7eec645c92cd-17",
    ];

    private static readonly string[] _ids =
        ["0", "7eec645c92cd-17", "7eec645c92cd-0", "ffffffffffff-999999999999999999"];

    /// <summary>Positions in several pages; they need not be those of a page that exists.</summary>
    private static readonly string[] _positions =
        [".vyTIfdCHAr4b4ucJI", ".AAAAAAA", ".AAAAAAggggggggggA", ".~BrxN9A", ".vyTIfdCHAr4b4ucJI~AAAAAA", ".~______"];

    private static readonly string _token = TestTokens.Hmac(
        TestTokens.Claims(expiresIn: 3600), """{"alg":"HS256"}""", Encoding.UTF8.GetBytes(Secret));

    private static readonly Func<Random, string, FuzzRequest>[] _requests =
    [
        (random, page) => FuzzRequest.Get(
            $"/pages/private-{page}/{random.Pick(["events", "posts", "updates", ""])}",
            ("Authorization", $"Bearer {_token}")),
        (random, page) =>
            FuzzRequest.Get($"/pages/private-{page}/posts", ("Cookie", $"a=b; livestreams_token={_token}")),
        (random, page) => FuzzRequest.Get($"/pages/private-{page}/events?access_token={_token}"),
        (random, page) => FuzzRequest.Send(
            "POST", $"/pages/private-{page}/updates", Text, "for few", ("Authorization", $"Bearer {_token}")),
        (random, page) => FuzzRequest.Send("POST", $"/pages/{page}/updates", Text, $"update {random.Next()}"),
        (random, page) => FuzzRequest.Send(
            "POST",
            $"/pages/{page}/updates?event=score",
            Text,
            "1:0",
            ("Idempotency-Key", $"key-{random.Next(1000)}")),
        (random, page) =>
            FuzzRequest.Send("POST", $"/pages/{page}/updates?keep=false", "text/plain; charset=utf-8", "live only"),
        (random, page) => FuzzRequest.Send(
            "POST", $"/pages/{page}/updates", Json, """{"goals":[1,2.5e3,null,true],"text":"a\u00e9\n"}"""),
        (random, page) => FuzzRequest.Send("POST", $"/pages/{page}/updates", Json, Changes),
        (random, page) => Chunked(FuzzRequest.Send("POST", $"/pages/{page}/updates", Text, "")),
        (random, page) => FuzzRequest.Send(
            "POST",
            "/updates",
            "application/x-ndjson",
            $$"""{"page":"fuzz","data":"1:0","event":"score","key":"goal-{{random.Next(1000)}}"}""" + "\n"
            + $$$"""{"page":"fuzz-1","data":{{{Changes}}},"keep":true}""" + "\n"),
        (random, page) => FuzzRequest.Send(
            "PUT", $"/pages/{page}/posts/goal-{random.Next(20)}?show=false", "text/html", "<p>1:0!</p>"),
        (random, page) => FuzzRequest.Send("DELETE", $"/pages/{page}/posts/goal-{random.Next(20)}", Text, ""),
        (random, page) => FuzzRequest.Get($"/pages/{page}/posts", ("If-None-Match", "\"0\"")),
        (random, page) =>
            FuzzRequest.Get($"/pages/{page}/events{random.Pick(_starts)}", ("Accept", "text/event-stream")),
        (random, page) => FuzzRequest.Get(
            $"/pages/{page}/events", ("Last-Event-ID", random.Pick(_ids)), ("Cache-Control", "no-cache")),
        (random, page) => FuzzRequest.Get(
            $"/events?page={page}&page={random.Pick(_pages)}&event=score{random.Pick(_starts).Replace('?', '&')}"),
        (random, page) => FuzzRequest.Get(
            $"/events?page={page}&page=fuzz-1&page=private-{page}",
            ("Last-Event-ID", random.Pick(_positions)),
            ("Authorization", $"Bearer {_token}")),
        (random, page) => FuzzRequest.Get(
            $"/events?pattern={page}*&pattern=private-*&page={page}{random.Pick(_starts).Replace('?', '&')}",
            ("Last-Event-ID", random.Pick(_positions)),
            ("Authorization", $"Bearer {_token}")),
        (random, page) => FuzzRequest.Send(
            "POST", "/events", Json, """{"pages":["fuzz"],"patterns":["fuzz-*","*"],"events":["score"]}"""),
        (random, page) => FuzzRequest.Send(
            "POST", "/events?from=-3", Json, """{"pages":["fuzz","fuzz-1"],"events":["score","message"]}"""),
        (random, page) => FuzzRequest.Get($"/pages/{page}"),
        (random, page) =>
            FuzzRequest.Get($"/pages/{page}/updates?after={random.Pick(_ids)}&limit={random.Next(1, 20)}"),
        (random, page) => FuzzRequest.Get($"/pages/{page}/updates?limit=5"),
        (random, page) => FuzzRequest.Get(
            $"/pages/{page}/updates?before={random.Pick(_ids)}&limit={random.Next(1, 20)}",
            ("Accept", "application/x-ndjson, application/json;q=0.5"),
            ("If-None-Match", "\"0123456789abcdef\"")),
        (random, page) => FuzzRequest.Get($"/pages/{page}/updates?since={random.Next(100)}m"),
        (random, page) =>
            FuzzRequest.Get($"/pages?prefix={random.Pick(["", "fuzz", page])}&after={page}&limit={random.Next(1, 20)}"),
        (random, page) => new FuzzRequest { Method = "DELETE", Target = $"/pages/{page}" },
        (random, page) => FuzzRequest.Get(random.Next(2) == 0 ? "/health/live" : "/health/ready"),
        (random, page) => FuzzRequest.Get(
            random.Next(3) == 0 ? "/" : "/livestreams.js",
            ("If-None-Match", "\"0123456789abcdef\""),
            ("Cookie", "a=b; c=\"d\"")),
        (random, page) => new FuzzRequest
        {
            Method = "OPTIONS",
            Target = $"/pages/{page}/updates",
            Headers =
            [
                ("Host", "127.0.0.1"),
                ("Origin", "https://example.org"),
                ("Access-Control-Request-Method", "PUT"),
                ("Access-Control-Request-Headers", "idempotency-key"),
            ],
        },
        (random, page) => FuzzRequest.Send(
            "POST",
            $"/pages/{page}/updates",
            "application/x-www-form-urlencoded",
            "a=b&c=d",
            ("Origin", "https://example.org"),
            ("Expect", "100-continue")),
    ];

    public static FuzzRequest Next(Random random) => random.Pick(_requests)(random, random.Pick(_pages));

    private static FuzzRequest Chunked(FuzzRequest request)
    {
        request.SetChunks("5\r\nhello\r\n7;part=2\r\n, world\r\n0\r\n\r\n");
        return request;
    }
}

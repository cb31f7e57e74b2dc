using System.Text.RegularExpressions;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Http;

/// <summary>No cache keeps a response, and no browser runs anything in one, unless it is meant to.</summary>
public sealed class DefaultHeadersTests
{
    private const string Text = "Content-Type: text/plain\r\nContent-Length: 1\r\n\r\nx";
    private const string NoBody = "Content-Length: 0\r\n\r\n";

    private static readonly (string Status, string Request)[] _requests =
    [
        ("200", $"GET /health/live\r\n{NoBody}"),
        ("200", $"POST /health/live\r\n{NoBody}"),
        ("200", $"GET /health/ready\r\n{NoBody}"),
        ("201", $"POST /pages/h/updates\r\nIdempotency-Key: a\r\n{Text}"),
        ("200", $"POST /pages/h/updates\r\nIdempotency-Key: a\r\n{Text}"),
        ("201", $"PUT /pages/h/posts/a\r\n{Text}"),
        ("409", $"PUT /pages/h/posts/b\r\n{Text}"),
        ("201", $"DELETE /pages/h/posts/c\r\n{NoBody}"),
        ("200", "POST /updates\r\nContent-Type: application/x-ndjson\r\nContent-Length: 24\r\n\r\n"
            + """{"page":"h","data":"x"}""" + "\n"),
        ("200", $"GET /pages/h\r\n{NoBody}"),
        ("200", $"GET /pages/h/posts\r\n{NoBody}"),
        ("304", $"GET /pages/h/posts\r\nIf-None-Match: *\r\n{NoBody}"),
        ("200", $"GET /pages/h/events\r\n{NoBody}"),
        ("201", $"POST /pages/ended/updates\r\n{Text}"),
        ("200", $"DELETE /pages/ended\r\n{NoBody}"),
        ("204", $"GET /pages/ended/events\r\n{NoBody}"),
        ("204", "OPTIONS /pages/h/updates\r\nOrigin: https://listed.example\r\n"
            + $"Access-Control-Request-Method: POST\r\n{NoBody}"),
        ("400", $"POST /pages/%0A/updates\r\n{Text}"),
        ("400", $"GET /pages/h/events?from=x\r\n{NoBody}"),
        ("400", "POST /pages/h/updates\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n"),
        ("401", $"GET /pages/private/events\r\n{NoBody}"),
        ("401", $"GET /pages/h\r\nAuthorization: Bearer x\r\n{NoBody}"),
        ("403", $"POST /pages/h/updates\r\nOrigin: https://other.example\r\n{Text}"),
        ("404", $"GET /nowhere\r\n{NoBody}"),
        ("404", $"POST /nowhere\r\n{Text}"),
        ("404", $"GET /Pages/h\r\n{NoBody}"),
        ("400", $"GET /pages/h/updates?before=\r\n{NoBody}"),
        ("401", $"GET /pages/private/updates?limit=1\r\n{NoBody}"),
        ("405", $"PATCH /pages/h\r\n{NoBody}"),
        ("405", $"get /pages/h\r\n{NoBody}"),
        ("405", $"POST /pages/h/events\r\n{Text}"),
        ("410", $"GET /pages/h/updates?after=ffffffffffff-1\r\n{NoBody}"),
        ("413", "POST /pages/h/updates\r\nContent-Length: 999999\r\n\r\n"),
        ("415", $"POST /pages/h/updates\r\nContent-Type: image/png\r\n{NoBody}"),
    ];

    [Fact]
    public async Task Every_response_that_is_not_meant_to_be_kept_says_so()
    {
        using var tokens = new TestTokens();
        await using var api = await StartAsync(
        [
            "--Auth:PrivatePages=private", "--Auth:AnonymousPublish=true", "--Posts:MaxPosts=1", .. tokens.Settings,
        ]);
        foreach (var (status, request) in _requests)
        {
            AssertDefaults(await SendAsync(api, request), status, request);
        }
    }

    [Fact]
    public async Task A_full_server_has_the_default_headers()
    {
        await using var api = await StartAsync("--Limits:MaxSubscribers=1");
        using var stream = await OpenStreamAsync(api);
        AssertDefaults(await SendAsync(api, $"GET /pages/h/events\r\n{NoBody}"), "503", "stream");
        var resumed = await SendAsync(api, $"GET /pages/h/events\r\nLast-Event-ID: 0\r\n{NoBody}");
        AssertDefaults(resumed, "200", "resumed stream");
    }

    [Fact]
    public async Task A_refused_host_and_a_refused_rate_have_the_default_headers()
    {
        await using var api = await StartAsync(
            "--AllowedHosts=localhost", "--Limits:PublishesPerSecond=1", "--Limits:MaxSubscribersPerAddress=1");
        const string Publish = $"POST /pages/h/updates\r\n{Text}";
        const string Stream = $"GET /pages/h/events\r\n{NoBody}";
        AssertDefaults(await SendAsync(api, Publish, "other.example"), "400", "host");
        using var stream = await OpenStreamAsync(api);
        AssertDefaults(await SendAsync(api, Stream), "429", "streams");
        var responses = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            responses.Add(await SendAsync(api, Publish));
        }

        AssertDefaults(responses.First(text => text.StartsWith("HTTP/1.1 429", StringComparison.Ordinal)), "429", "");
    }

    [Fact]
    public async Task An_unchanged_response_keeps_its_entity_tag()
    {
        await using var api = await StartAsync();
        var response = await SendAsync(api, $"GET /pages/h/posts\r\nIf-None-Match: \"0\"\r\n{NoBody}");
        Assert.StartsWith("HTTP/1.1 304 ", response, StringComparison.Ordinal);
        Assert.Contains("\r\nETag: \"0\"\r\n", response, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/livestreams.js", null)]
    [InlineData("/livestreams.mjs", null)]
    [InlineData("/try/page.css", null)]
    [InlineData("/", "default-src 'none'; script-src 'self'; ")]
    public async Task A_file_is_kept_by_browsers_and_checked_again_and_a_page_has_its_own_policy(
        string path, string? policy)
    {
        await using var api = await StartAsync();
        var first = await SendAsync(api, $"GET {path}\r\n{NoBody}");
        var tag = Regex.Match(first, "\r\nETag: (\"[0-9a-f]+\")\r\n").Groups[1].Value;
        var again = await SendAsync(api, $"GET {path}\r\nIf-None-Match: {tag}\r\n{NoBody}");
        Assert.StartsWith("HTTP/1.1 304 ", again, StringComparison.Ordinal);
        foreach (var response in new[] { first, again })
        {
            Assert.Contains("\r\nCache-Control: no-cache\r\n", response, StringComparison.Ordinal);
            Assert.Contains("\r\nX-Content-Type-Options: nosniff\r\n", response, StringComparison.Ordinal);
            Assert.Contains("\r\nReferrer-Policy: no-referrer\r\n", response, StringComparison.Ordinal);
            Assert.Equal(
                policy is not null,
                response.Contains($"\r\nContent-Security-Policy: {policy}", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task History_has_its_own_cache_control_and_the_other_default_headers()
    {
        await using var api = await StartAsync();
        var first = await SendAsync(api, $"POST /pages/h/updates\r\n{Text}");
        var start = Regex.Match(first, "after=([0-9a-f]+-0)").Groups[1].Value;
        await SendAsync(api, $"POST /pages/h/updates\r\n{Text}");

        AssertHeaders(await SendAsync(api, $"GET /pages/h/updates\r\n{NoBody}"), "200", "tail", "no-cache");
        var tail = $"GET /pages/h/updates\r\nIf-None-Match: *\r\n{NoBody}";
        AssertHeaders(await SendAsync(api, tail), "304", "unchanged tail", "no-cache");
        AssertHeaders(
            await SendAsync(api, $"GET /pages/h/updates?after={start}&limit=1\r\n{NoBody}"),
            "200",
            "full block",
            "public, max-age=31536000, immutable");
    }

    private static Task<InProcessApi> StartAsync(params string[] settings) => InProcessApi.StartAsync(
    [
        "--Store=memory", "--TryPage=true", "--Cors:Origins=https://listed.example",
        .. settings,
    ]);

    private static async Task<RawHttp> OpenStreamAsync(InProcessApi api)
    {
        var stream = await RawHttp.ConnectAsync(api.Address);
        await stream.SendAsync("GET /pages/other/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200", await stream.ReceiveAsync(), StringComparison.Ordinal);
        return stream;
    }

    private static async Task<string> SendAsync(InProcessApi api, string request, string host = "localhost")
    {
        var line = request[..request.IndexOf('\r', StringComparison.Ordinal)];
        using var raw = await RawHttp.ConnectAsync(api.Address);
        await raw.SendAsync($"{line} HTTP/1.1\r\nHost: {host}\r\nConnection: close{request[line.Length..]}");
        return await raw.ReceiveAsync();
    }

    private static void AssertDefaults(string response, string status, string request) =>
        AssertHeaders(response, status, request, "[a-z, -]*no-store[a-z, -]*");

    private static void AssertHeaders(string response, string status, string request, string cacheControl)
    {
        Assert.True(response.StartsWith($"HTTP/1.1 {status} ", StringComparison.Ordinal), $"{request}: {response}");
        foreach (var header in new[]
        {
            $"Cache-Control: {cacheControl}", "X-Content-Type-Options: nosniff",
            "Content-Security-Policy: default-src 'none'", "Referrer-Policy: no-referrer",
        })
        {
            Assert.True(Regex.IsMatch(response, $"\r\n{header}\r\n"), $"{request}: {response}");
        }
    }
}

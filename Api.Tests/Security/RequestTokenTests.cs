using LiveStreams.Api.Tests.Posts;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Security;

/// <summary>Where a request may carry its token.</summary>
public sealed class RequestTokenTests
{
    private const string Origin = "https://site.example";

    [Fact]
    public async Task A_cookie_may_carry_the_token_but_a_write_also_needs_an_allowed_origin()
    {
        using var tokens = new TestTokens();
        await using var server = await InProcessApi.StartAsync(
            ["--Store=memory", "--Auth:PrivatePages=*", $"--Cors:Origins={Origin}", .. tokens.Settings]);
        using var client = new ApiClient(server.Address);
        (string, string) cookie = ("Cookie", $"theme=dark; livestreams_token={tokens.Hmac()}");

        foreach (var endpoint in PageEndpoint.Reading)
        {
            using var response = await endpoint.SendAsync(client, "read", cookie);
            Assert.Equal((endpoint, 200), (endpoint, (int)response.StatusCode));
        }

        foreach (var endpoint in PageEndpoint.Publishing.Append(PageEndpoint.Batch).Append(PageEndpoint.StreamByPost))
        {
            using var listed = await endpoint.SendAsync(client, "home", cookie, ("Origin", Origin));
            using var own = await endpoint.SendAsync(
                client, "home", cookie, ("Origin", server.Address.GetLeftPart(UriPartial.Authority)));
            using var foreign = await endpoint.SendAsync(
                client, "home", cookie, ("Origin", "https://attacker.example"));
            using var opaque = await endpoint.SendAsync(client, "home", cookie, ("Origin", "null"));
            using var missing = await endpoint.SendAsync(client, "home", cookie);
            using var withHeader = await endpoint.SendAsync(
                client, "home", ("Cookie", "livestreams_token=bad"), ("Authorization", $"bearer {tokens.Hmac()}"));

            Assert.Equal(
                (endpoint, endpoint.SuccessStatus, endpoint.SuccessStatus, 403, 403, 403, endpoint.SuccessStatus),
                (
                    endpoint,
                    (int)listed.StatusCode,
                    (int)own.StatusCode,
                    (int)foreign.StatusCode,
                    (int)opaque.StatusCode,
                    (int)missing.StatusCode,
                    (int)withHeader.StatusCode));
            var problem = await ApiClient.JsonAsync(missing);
            Assert.Equal(
                $"A {endpoint.Method} with its token in a cookie needs an Origin header.",
                problem.GetProperty("detail").GetString());
        }
    }

    [Fact]
    public async Task An_invalid_cookie_does_not_block_a_public_page()
    {
        using var tokens = new TestTokens();
        await using var server = await InProcessApi.StartAsync(
            ["--Store=memory", "--Auth:PrivatePages=private", .. tokens.Settings]);
        using var client = new ApiClient(server.Address);
        foreach (var token in new[] { "", "bad", tokens.Hmac(TestTokens.Claims(expiresIn: -600)) })
        {
            foreach (var endpoint in PageEndpoint.Reading)
            {
                using var open = await endpoint.SendAsync(client, "home", ("Cookie", $"livestreams_token={token}"));
                using var closed = await endpoint.SendAsync(
                    client, "private", ("Cookie", $"livestreams_token={token}"));
                Assert.Equal((endpoint, 200, 401), (endpoint, (int)open.StatusCode, (int)closed.StatusCode));
            }
        }
    }

    [Theory]
    [InlineData(true, 200)]
    [InlineData(false, 401)]
    public async Task The_query_may_carry_the_token_only_if_the_setting_allows_it(bool isAllowed, int status)
    {
        using var tokens = new TestTokens();
        await using var server = await InProcessApi.StartAsync(
            ["--Store=memory", "--Auth:PrivatePages=*", $"--Auth:AllowQueryToken={isAllowed}", .. tokens.Settings]);
        using var client = new ApiClient(server.Address);

        using var response = await client.GetAsync($"/pages/home?access_token={tokens.Hmac()}");

        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task A_request_with_two_tokens_is_refused()
    {
        using var tokens = new TestTokens();
        await using var server = await InProcessApi.StartAsync(
            ["--Store=memory", "--Auth:AllowQueryToken=true", .. tokens.Settings]);
        using var client = new ApiClient(server.Address);
        var token = tokens.Hmac();

        foreach (var (path, headers) in new (string, (string, string)[])[]
        {
            ($"/pages/home?access_token={token}", [("Authorization", $"Bearer {token}")]),
            ($"/pages/home?access_token={token}&access_token={token}", []),
            ("/pages/home", [("Authorization", $"Bearer {token}"), ("Authorization", $"Bearer {token}")]),
        })
        {
            using var response = await client.SendAsync(HttpMethod.Get, path, headers: headers);
            Assert.Equal(
                (400, "Bearer error=\"invalid_request\""),
                ((int)response.StatusCode, response.Headers.WwwAuthenticate.ToString()));
        }
    }

    [Theory]
    [InlineData("livestreams_token=TOKEN", 200)]
    [InlineData("__Host-livestreams_token=TOKEN", 200)]
    [InlineData("a=b;livestreams_token=TOKEN;c=\"d\"", 200)]
    [InlineData("a=b, livestreams_token=bad;\t livestreams_token=TOKEN ; c", 200)]
    [InlineData("livestreams_token; livestreams_token=TOKEN", 200)]
    [InlineData("Livestreams_Token=bad; livestreams_token=TOKEN; LIVESTREAMS_TOKEN=bad", 200)]
    [InlineData("__host-livestreams_token=bad; livestreams_token=TOKEN; __Secure-livestreams_token=bad", 200)]
    [InlineData("livestreams_token=TOKEN; livestreams_token=TOKEN", 400)]
    [InlineData("livestreams_token=bad; livestreams_token=TOKEN", 400)]
    [InlineData("livestreams_token=TOKEN; a=b; livestreams_token=", 400)]
    [InlineData("__Host-livestreams_token=TOKEN; livestreams_token=TOKEN", 400)]
    [InlineData("__Host-livestreams_token=TOKEN; __Host-livestreams_token=TOKEN", 400)]
    [InlineData("livestreams_token=TOKEN\r\nCookie: livestreams_token=TOKEN", 400)]
    [InlineData("LIVESTREAMS_TOKEN=TOKEN", 401)]
    [InlineData("livestreams_token", 401)]
    [InlineData("xlivestreams_token=TOKEN; livestreams_token2=TOKEN; a=livestreams_token=TOKEN", 401)]
    public async Task One_cookie_of_exactly_the_name_carries_the_token(string cookies, int status)
    {
        using var tokens = new TestTokens();
        await using var server = await InProcessApi.StartAsync(
            ["--Store=memory", "--Auth:PrivatePages=*", .. tokens.Settings]);
        using var raw = await RawHttp.ConnectAsync(server.Address);

        await raw.SendAsync(
            "GET /pages/home HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            + $"Cookie: {cookies.Replace("TOKEN", tokens.Hmac(), StringComparison.Ordinal)}\r\n\r\n");
        var response = await raw.ReceiveToEndAsync();

        Assert.StartsWith($"HTTP/1.1 {status} ", response, StringComparison.Ordinal);
        Assert.Equal(status == 400, response.Contains("problem:two-tokens", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_page_of_an_allowed_origin_may_send_a_token_and_read_the_error()
    {
        using var tokens = new TestTokens();
        await using var server = await InProcessApi.StartAsync(
            ["--Store=memory", $"--Cors:Origins={Origin}", .. tokens.Settings]);
        using var client = new ApiClient(server.Address);

        using var preflight = await client.SendAsync(
            HttpMethod.Options,
            "/pages/home/updates",
            headers:
            [
                ("Origin", Origin),
                ("Access-Control-Request-Method", "POST"),
                ("Access-Control-Request-Headers", "authorization"),
            ]);
        using var refused = await PageEndpoint.Publishing[0].SendAsync(client, "home", ("Origin", Origin));
        using var foreign = await client.SendAsync(
            HttpMethod.Options,
            "/pages/home/updates",
            headers: [("Origin", "https://attacker.example"), ("Access-Control-Request-Method", "POST")]);

        Assert.Contains(
            "Authorization", Assert.Single(preflight.Headers.GetValues("Access-Control-Allow-Headers")).Split(','));
        Assert.Equal(Origin, Assert.Single(preflight.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.Equal(401, (int)refused.StatusCode);
        Assert.Equal(Origin, Assert.Single(refused.Headers.GetValues("Access-Control-Allow-Origin")));
        var exposed = Assert.Single(refused.Headers.GetValues("Access-Control-Expose-Headers")).Split(',');
        Assert.Superset(new HashSet<string> { "Last-Event-ID", "Location", "WWW-Authenticate" }, exposed.ToHashSet());
        Assert.False(foreign.Headers.Contains("Access-Control-Allow-Origin"));
    }
}

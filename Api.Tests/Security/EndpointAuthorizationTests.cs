using LiveStreams.Api.Tests.Posts;

namespace LiveStreams.Api.Tests.Security;

/// <summary>Every endpoint of a server that requires tokens, with every kind of token.</summary>
public sealed class EndpointAuthorizationTests(AuthenticatedApi api) : IClassFixture<AuthenticatedApi>
{
    private const string InvalidToken = "Bearer error=\"invalid_token\"";
    private const string InsufficientScope = "Bearer error=\"insufficient_scope\"";
    private const string Publish = """{"publish":["private*"],"posts":["private*"],"end":["private*"]}""";
    private const string Subscribe = """{"publish":[],"subscribe":["private*"]}""";

    private static readonly Dictionary<string, Func<TestTokens, string?>> _tokens = new()
    {
        ["no token"] = _ => null,
        ["bad signature"] = _ =>
            TestTokens.Hmac(TestTokens.Claims(), """{"alg":"HS256","kid":"secret"}""", new byte[32]),
        ["wrong alg"] = tokens => tokens.Hmac(header: """{"alg":"HS512","kid":"secret"}"""),
        ["none"] = _ => TestTokens.WithoutSignature("""{"alg":"none"}"""),
        ["expired"] = tokens => tokens.Hmac(TestTokens.Claims(expiresIn: -60)),
        ["not yet valid"] = tokens => tokens.Hmac(TestTokens.Claims(validIn: 60)),
        ["wrong audience"] = tokens => tokens.Hmac(TestTokens.Claims(audience: "another")),
        ["wrong issuer"] = tokens => tokens.Hmac(TestTokens.Claims(issuer: "https://another.example")),
        ["right, without the grant to publish"] = tokens => tokens.Hmac(TestTokens.Claims(Subscribe)),
        ["right, without the grant to read"] = tokens => tokens.Hmac(TestTokens.Claims(Publish)),
        ["right"] = tokens => tokens.Hmac(),
        ["right, RS256"] = tokens => tokens.SignRsa(),
        ["right, ES256"] = tokens => tokens.SignEc(),
        ["right, of a clock that is a little ahead"] = tokens => tokens.Hmac(TestTokens.Claims(validIn: 20)),
        ["right, of a clock that is a little behind"] = tokens => tokens.Hmac(TestTokens.Claims(expiresIn: -10)),
        ["right, for several audiences"] = tokens => tokens.Hmac(
            TestTokens.Claims().Replace(
                "\"aud\":\"livestreams\"", "\"aud\":[\"another\",\"livestreams\"]", StringComparison.Ordinal)),
    };

    public static TheoryData<string> Kinds => [.. _tokens.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Every_endpoint_accepts_or_refuses_each_kind_of_token_as_specified(string kind)
    {
        foreach (var endpoint in PageEndpoint.Publishing.Append(PageEndpoint.Batch).Concat(PageEndpoint.Reading))
        {
            var isReading = PageEndpoint.Reading.Contains(endpoint);
            var (status, challenge) = kind switch
            {
                "no token" => (401, "Bearer"),
                "right, without the grant to publish" when !isReading => (403, InsufficientScope),
                "right, without the grant to read" when isReading => (403, InsufficientScope),
                _ when kind.StartsWith("right", StringComparison.Ordinal) => (endpoint.SuccessStatus, ""),
                _ => (401, InvalidToken),
            };

            using var response = await SendAsync(endpoint, "private " + Guid.NewGuid(), kind);

            Assert.Equal(
                (kind, endpoint, status, challenge),
                (kind, endpoint, (int)response.StatusCode, response.Headers.WwwAuthenticate.ToString()));
            if (status >= 400)
            {
                Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
            }
        }
    }

    [Fact]
    public async Task A_batch_is_refused_before_its_body_arrives_if_the_token_grants_no_publish()
    {
        var token = api.Tokens.Hmac(TestTokens.Claims("""{"subscribe":["*"]}"""));
        using var raw = await RawHttp.ConnectAsync(api.Server.Address);
        await raw.SendAsync(
            "POST /updates HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\nContent-Length: 4000000\r\n"
            + $"Authorization: Bearer {token}\r\n\r\n");

        var response = await raw.ReceiveAsync();

        Assert.StartsWith("HTTP/1.1 403", response, StringComparison.Ordinal);
        Assert.Contains("urn:livestreams:problem:insufficient-scope", response, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_line_of_a_batch_needs_a_grant_for_its_page()
    {
        var token = api.Tokens.Hmac(TestTokens.Claims("""{"publish":["batch:*","home"]}"""));
        using var response = await api.Client.SendAsync(
            HttpMethod.Post,
            "/updates",
            """
            {"page":"batch:1","data":"1"}
            {"page":"batch","data":"2"}
            {"page":"home","data":"3"}
            """,
            "application/x-ndjson",
            ("Authorization", $"Bearer {token}"));

        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var lines = text.Trim().Split('\n');
        Assert.Contains("\"page\":\"batch:1\"", lines[0], StringComparison.Ordinal);
        Assert.Contains("urn:livestreams:problem:insufficient-scope", lines[1], StringComparison.Ordinal);
        Assert.Contains("\"page\":\"home\"", lines[2], StringComparison.Ordinal);
        Assert.Equal(0, (await api.Client.GetJsonAsync("/pages/batch")).GetProperty("updates").GetInt32());
    }

    [Fact]
    public async Task A_public_page_is_read_without_a_token_but_an_invalid_token_is_refused()
    {
        foreach (var endpoint in PageEndpoint.Reading)
        {
            using var without = await SendAsync(endpoint, "public", "no token");
            using var invalid = await SendAsync(endpoint, "public", "expired");
            using var valid = await SendAsync(endpoint, "public", "right, without the grant to read");

            Assert.Equal(
                (endpoint, 200, 401, 200),
                (endpoint, (int)without.StatusCode, (int)invalid.StatusCode, (int)valid.StatusCode));
            Assert.Equal(InvalidToken, invalid.Headers.WwwAuthenticate.ToString());
        }
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    [InlineData("/livestreams.js")]
    public async Task Paths_outside_of_pages_need_no_token(string path)
    {
        using var response = await api.Client.GetAsync(path);
        Assert.Equal(200, (int)response.StatusCode);
    }

    private Task<HttpResponseMessage> SendAsync(PageEndpoint endpoint, string page, string kind) =>
        _tokens[kind](api.Tokens) is { } token
            ? endpoint.SendAsync(api.Client, page, ("Authorization", $"Bearer {token}"))
            : endpoint.SendAsync(api.Client, page);
}

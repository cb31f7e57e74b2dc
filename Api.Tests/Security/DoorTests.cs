using LiveStreams.Api.Tests.Posts;

namespace LiveStreams.Api.Tests.Security;

/// <summary>Every door of a server that asks for tokens, with every kind of token.</summary>
public sealed class DoorTests(TokenApi api) : IClassFixture<TokenApi>
{
    private const string InvalidToken = "Bearer error=\"invalid_token\"";
    private const string Publish = """{"publish":["private*"],"subscribe":[]}""";
    private const string Subscribe = """{"publish":[],"subscribe":["private*"]}""";

    private static readonly Dictionary<string, Func<TestTokens, string?>> _tokens = new()
    {
        ["no token"] = _ => null,
        ["bad signature"] = _ => TestTokens.Hmac(TestTokens.Claims(), """{"alg":"HS256","kid":"secret"}""", new byte[32]),
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
        ["right, for several audiences"] = tokens => tokens.Hmac(TestTokens.Claims().Replace("\"aud\":\"livestreams\"", "\"aud\":[\"another\",\"livestreams\"]", StringComparison.Ordinal)),
    };

    public static TheoryData<string> Kinds => [.. _tokens.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Every_door_answers_every_kind_of_token_as_it_must(string kind)
    {
        foreach (var door in Door.Publishing.Append(Door.Batch).Concat(Door.Reading))
        {
            var isReading = Door.Reading.Contains(door);
            var (status, challenge) = kind switch
            {
                "no token" => (401, "Bearer"),
                "right, without the grant to publish" when !isReading => door == Door.Batch ? (200, "") : (403, "Bearer error=\"insufficient_scope\""),
                "right, without the grant to read" when isReading => (403, "Bearer error=\"insufficient_scope\""),
                _ when kind.StartsWith("right", StringComparison.Ordinal) => (door.Admitted, ""),
                _ => (401, InvalidToken),
            };

            using var response = await KnockAsync(door, "private " + Guid.NewGuid(), kind);

            Assert.Equal((kind, door, status, challenge), (kind, door, (int)response.StatusCode, response.Headers.WwwAuthenticate.ToString()));
            if (status >= 400)
            {
                Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
            }
        }
    }

    [Fact]
    public async Task In_a_batch_each_line_needs_a_grant_for_its_page()
    {
        var token = api.Tokens.Hmac(TestTokens.Claims("""{"publish":["batch:*","home"]}"""));
        using var response = await api.Client.SendAsync(
            HttpMethod.Post, "/updates", "{\"page\":\"batch:1\",\"data\":\"1\"}\n{\"page\":\"batch\",\"data\":\"2\"}\n{\"page\":\"home\",\"data\":\"3\"}",
            "application/x-ndjson", ("Authorization", $"Bearer {token}"));

        var lines = (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Trim().Split('\n');
        Assert.Contains("\"page\":\"batch:1\"", lines[0], StringComparison.Ordinal);
        Assert.Contains("urn:livestreams:problem:insufficient-scope", lines[1], StringComparison.Ordinal);
        Assert.Contains("\"page\":\"home\"", lines[2], StringComparison.Ordinal);
        Assert.Equal(0, (await api.Client.GetJsonAsync("/pages/batch")).GetProperty("updates").GetInt32());
    }

    [Fact]
    public async Task Pages_that_are_not_private_are_read_without_a_token_but_a_token_that_is_sent_must_be_good()
    {
        foreach (var door in Door.Reading)
        {
            using var without = await KnockAsync(door, "public", "no token");
            using var bad = await KnockAsync(door, "public", "expired");
            using var good = await KnockAsync(door, "public", "right, without the grant to read");

            Assert.Equal((door, 200, 401, 200), (door, (int)without.StatusCode, (int)bad.StatusCode, (int)good.StatusCode));
            Assert.Equal(InvalidToken, bad.Headers.WwwAuthenticate.ToString());
        }
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    [InlineData("/livestreams.js")]
    public async Task What_is_about_no_page_is_open(string path)
    {
        using var response = await api.Client.GetAsync(path);
        Assert.Equal(200, (int)response.StatusCode);
    }

    private Task<HttpResponseMessage> KnockAsync(Door door, string page, string kind) =>
        _tokens[kind](api.Tokens) is { } token ? door.KnockAsync(api.Client, page, ("Authorization", $"Bearer {token}")) : door.KnockAsync(api.Client, page);
}

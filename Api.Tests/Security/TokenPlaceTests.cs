using LiveStreams.Api.Tests.Posts;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Security;

/// <summary>Where a request may carry its token.</summary>
public sealed class TokenPlaceTests
{
    private const string Origin = "https://site.example";

    [Fact]
    public async Task A_cookie_will_do_but_what_changes_something_needs_an_origin_that_is_allowed()
    {
        using var tokens = new TestTokens();
        await using var server = await InProcessApi.StartAsync(
            ["--Store=memory", "--Auth:PrivatePages=*", $"--Cors:Origins={Origin}", .. tokens.Settings]);
        using var client = new ApiClient(server.Address);
        (string, string) cookie = ("Cookie", $"theme=dark; livestreams_token={tokens.Hmac()}");

        foreach (var door in Door.Reading)
        {
            using var response = await door.KnockAsync(client, "read", cookie);
            Assert.Equal((door, 200), (door, (int)response.StatusCode));
        }

        foreach (var door in Door.Publishing.Append(Door.Batch))
        {
            using var listed = await door.KnockAsync(client, "home", cookie, ("Origin", Origin));
            using var own = await door.KnockAsync(client, "home", cookie, ("Origin", server.Address.GetLeftPart(UriPartial.Authority)));
            using var foreign = await door.KnockAsync(client, "home", cookie, ("Origin", "https://attacker.example"));
            using var opaque = await door.KnockAsync(client, "home", cookie, ("Origin", "null"));
            using var missing = await door.KnockAsync(client, "home", cookie);
            using var withHeader = await door.KnockAsync(client, "home", ("Cookie", "livestreams_token=bad"), ("Authorization", $"bearer {tokens.Hmac()}"));

            Assert.Equal(
                (door, door.Admitted, door.Admitted, 403, 403, 403, door.Admitted),
                (door, (int)listed.StatusCode, (int)own.StatusCode, (int)foreign.StatusCode, (int)opaque.StatusCode, (int)missing.StatusCode, (int)withHeader.StatusCode));
        }
    }

    [Fact]
    public async Task A_cookie_that_is_no_good_shuts_nobody_out_of_a_public_page()
    {
        using var tokens = new TestTokens();
        await using var server = await InProcessApi.StartAsync(
            ["--Store=memory", "--Auth:PrivatePages=private", .. tokens.Settings]);
        using var client = new ApiClient(server.Address);
        foreach (var token in new[] { "", "bad", tokens.Hmac(TestTokens.Claims(expiresIn: -600)) })
        {
            foreach (var door in Door.Reading)
            {
                using var open = await door.KnockAsync(client, "home", ("Cookie", $"livestreams_token={token}"));
                using var closed = await door.KnockAsync(client, "private", ("Cookie", $"livestreams_token={token}"));
                Assert.Equal((door, 200, 401), (door, (int)open.StatusCode, (int)closed.StatusCode));
            }
        }
    }

    [Theory]
    [InlineData(true, 200)]
    [InlineData(false, 401)]
    public async Task The_query_will_do_if_that_is_allowed(bool isAllowed, int status)
    {
        using var tokens = new TestTokens();
        await using var server = await InProcessApi.StartAsync(
            ["--Store=memory", "--Auth:PrivatePages=*", $"--Auth:AllowQueryToken={isAllowed}", .. tokens.Settings]);
        using var client = new ApiClient(server.Address);

        using var response = await client.GetAsync($"/pages/home?access_token={tokens.Hmac()}");

        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task Two_tokens_are_one_too_many()
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
            Assert.Equal((400, "Bearer error=\"invalid_request\""), ((int)response.StatusCode, response.Headers.WwwAuthenticate.ToString()));
        }
    }

    [Fact]
    public async Task A_page_of_another_origin_may_send_a_token_and_read_what_was_wrong_with_it()
    {
        using var tokens = new TestTokens();
        await using var server = await InProcessApi.StartAsync(
            ["--Store=memory", $"--Cors:Origins={Origin}", .. tokens.Settings]);
        using var client = new ApiClient(server.Address);

        using var preflight = await client.SendAsync(
            HttpMethod.Options, "/pages/home/updates", headers: [("Origin", Origin), ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "authorization")]);
        using var refused = await Door.Publishing[0].KnockAsync(client, "home", ("Origin", Origin));
        using var foreign = await client.SendAsync(
            HttpMethod.Options, "/pages/home/updates", headers: [("Origin", "https://attacker.example"), ("Access-Control-Request-Method", "POST")]);

        Assert.Contains("Authorization", Assert.Single(preflight.Headers.GetValues("Access-Control-Allow-Headers")).Split(','));
        Assert.Equal(Origin, Assert.Single(preflight.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.Equal(401, (int)refused.StatusCode);
        Assert.Equal(Origin, Assert.Single(refused.Headers.GetValues("Access-Control-Allow-Origin")));
        var exposed = Assert.Single(refused.Headers.GetValues("Access-Control-Expose-Headers")).Split(',');
        Assert.Superset(new HashSet<string> { "Last-Event-ID", "Location", "WWW-Authenticate" }, exposed.ToHashSet());
        Assert.False(foreign.Headers.Contains("Access-Control-Allow-Origin"));
    }
}

using System.Net;
using LiveStreams.Api.Tests.Posts;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Publish;

/// <summary>Whose an idempotency key is, and that it stands for one update. Publishers need no token here.</summary>
public sealed class IdempotencyKeyTests(IdempotencyKeyTests.Server api) : IClassFixture<IdempotencyKeyTests.Server>
{
    private const string Goal = "GOAL 2:0";
    private const string OtherIssuer = "https://other.example";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Somebody_who_uses_a_publishers_key_first_swallows_no_update()
    {
        await using var stream = await api.Client.SubscribeAsync("swallow");
        await PublishAsync("swallow", "nonsense", TokenOf("attacker"), "?keep=false", HttpStatusCode.Created);
        await PublishAsync("swallow", "nonsense", token: null, "?keep=false", HttpStatusCode.Created);

        var id = await PublishAsync("swallow", Goal, TokenOf("newsroom"), "", HttpStatusCode.Created);
        var again = await PublishAsync("swallow", Goal, TokenOf("newsroom"), "", HttpStatusCode.OK);

        Assert.NotNull(id);
        Assert.Equal(id, again);
        Assert.Equal(["nonsense", "nonsense", Goal], await stream.NextDataAsync(3));
    }

    [Fact]
    public async Task Publishers_without_a_subject_share_keys_and_learn_that_one_is_used()
    {
        await PublishAsync("shared", "nonsense", token: null, "?keep=false", HttpStatusCode.Created);

        foreach (var token in new[] { null, api.Tokens.Hmac(), api.Tokens.Hmac(TestTokens.Claims(expiresIn: 601)) })
        {
            using var refused = await SendAsync("shared", Goal, token);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            var problem = await ApiClient.JsonAsync(refused);
            Assert.Equal("urn:livestreams:problem:key-reused", problem.GetProperty("type").GetString());
        }

        await using var stream = await api.Client.SubscribeAsync("shared", query: "?from=earliest");
        await api.Client.PublishAsync("shared", "last");
        Assert.Equal("last", (await stream.NextAsync()).Data);
    }

    [Fact]
    public async Task The_same_subject_of_two_issuers_is_two_publishers_and_has_one_key_in_each_token_of_one_issuer()
    {
        var here = await PublishAsync("issuers", Goal, TokenOf("newsroom"), "", HttpStatusCode.Created);
        var there = await PublishAsync(
            "issuers", Goal, TokenOf("newsroom", OtherIssuer), "", HttpStatusCode.Created);
        var fresh = await PublishAsync(
            "issuers", Goal, TokenOf("newsroom", expiresIn: 601), "", HttpStatusCode.OK);

        Assert.NotEqual(here, there);
        Assert.Equal(here, fresh);
    }

    [Fact]
    public async Task Every_request_that_publishes_refuses_a_key_of_another_update()
    {
        var token = TokenOf("newsroom");
        await PublishAsync("every", Goal, token, "", HttpStatusCode.Created);

        (HttpMethod Method, string Path, string? Body)[] requests =
        [
            (HttpMethod.Post, "/pages/every/updates?event=score", Goal),
            (HttpMethod.Put, "/pages/every/posts/a", Goal),
            (HttpMethod.Delete, "/pages/every/posts/a", null),
            (HttpMethod.Delete, "/pages/every", null),
        ];
        foreach (var (method, path, body) in requests)
        {
            using var response = await api.Client.SendAsync(method, path, body, null, Headers(token));
            Assert.Equal((path, 422), (path, (int)response.StatusCode));
        }

        Assert.Equal(1, (await api.Client.GetJsonAsync("/pages/every")).GetProperty("updates").GetInt32());
    }

    [Fact]
    public async Task A_line_of_a_batch_has_the_keys_of_its_publisher()
    {
        await PublishAsync("lines", "nonsense", token: null, "?keep=false", HttpStatusCode.Created);
        var id = await PublishAsync("lines", Goal, TokenOf("newsroom"), "", HttpStatusCode.Created);

        using var response = await api.Client.SendAsync(
            HttpMethod.Post,
            "/updates",
            """
            {"page":"lines","data":"GOAL 2:0","key":"goal-2"}
            {"page":"lines","data":"GOAL 3:0","key":"goal-2"}
            """,
            "application/x-ndjson",
            ("Authorization", $"Bearer {TokenOf("newsroom")}"));

        var lines = (await response.Content.ReadAsStringAsync(Ct)).Trim().Split('\n');
        Assert.Contains($"\"id\":\"{id}\"", lines[0], StringComparison.Ordinal);
        Assert.StartsWith(
            "{\"error\":{\"type\":\"urn:livestreams:problem:key-reused\",\"status\":422,",
            lines[1],
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_whose_issuer_is_not_a_string_is_refused()
    {
        var claims = TestTokens.Claims().Replace($"\"{TestTokens.Issuer}\"", "7", StringComparison.Ordinal);

        await PublishAsync("issuer", Goal, api.Tokens.Hmac(claims), "", HttpStatusCode.Unauthorized);
    }

    private static (string, string)[] Headers(string? token) => token is null
        ? [("Idempotency-Key", "goal-2")]
        : [("Idempotency-Key", "goal-2"), ("Authorization", $"Bearer {token}")];

    private string TokenOf(string subject, string issuer = TestTokens.Issuer, int expiresIn = 600) => api.Tokens.Hmac(
        TestTokens.Claims(issuer: issuer, expiresIn: expiresIn).Insert(1, $"\"sub\":\"{subject}\","));

    private Task<HttpResponseMessage> SendAsync(string page, string data, string? token, string query = "") =>
        api.Client.SendAsync(HttpMethod.Post, $"/pages/{page}/updates{query}", data, "text/plain", Headers(token));

    // Publishes with the key goal-2 and returns the id, if there is one.
    private async Task<string?> PublishAsync(
        string page, string data, string? token, string query, HttpStatusCode expected)
    {
        using var response = await SendAsync(page, data, token, query);
        Assert.Equal(expected, response.StatusCode);
        return response.IsSuccessStatusCode
            ? (await ApiClient.JsonAsync(response)).GetProperty("id").GetString()
            : null;
    }

    public sealed class Server : SharedApi
    {
        internal TestTokens Tokens { get; } = new();

        protected override string[] Settings =>
            ["--Store=memory", "--Auth:AnonymousPublish=true", $"--Auth:Keys:0:Secret={Tokens.Secret}"];
    }
}

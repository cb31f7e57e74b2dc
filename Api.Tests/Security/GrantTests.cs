namespace LiveStreams.Api.Tests.Security;

/// <summary>Each grant allows what it names, and nothing else, alone and in a batch.</summary>
public sealed class GrantTests(AuthenticatedApi api) : IClassFixture<AuthenticatedApi>
{
    private const string Json = "application/json";
    private const string PostsJson = """{"renders":{"a":{"show":true,"content":"x"}},"removals":[]}""";

    private static readonly Dictionary<string, PageEndpoint> _requests = new()
    {
        ["update"] = new("POST", "/pages/{page}/updates", "x", "text/plain", 201),
        ["named message"] = new("POST", "/pages/{page}/updates?event=message", "x", "text/plain", 201),
        ["score"] = new("POST", "/pages/{page}/updates?event=score", "x", "text/plain", 201),
        ["score with posts"] = new("POST", "/pages/{page}/updates?event=score", PostsJson, Json, 201),
        ["posts"] = new("POST", "/pages/{page}/updates", PostsJson, Json, 201),
        ["live posts"] = new("POST", "/pages/{page}/updates?keep=false", PostsJson, Json, 201),
        ["put post"] = new("PUT", "/pages/{page}/posts/a", "x", "text/html", 201),
        ["delete post"] = new("DELETE", "/pages/{page}/posts/a", SuccessStatus: 201),
        ["end"] = new("DELETE", "/pages/{page}"),
        ["read"] = new("GET", "/pages/{page}"),
    };

    private static readonly Dictionary<string, string> _lines = new()
    {
        ["update"] = """{"page":"{page}","data":"x"}""",
        ["named message"] = """{"page":"{page}","event":"message","data":"x"}""",
        ["score"] = """{"page":"{page}","event":"score","data":"x"}""",
        ["score with posts"] = $$"""{"page":"{page}","event":"score","data":{{PostsJson}}}""",
        ["posts"] = $$"""{"page":"{page}","data":{{PostsJson}}}""",
        ["live posts"] = $$"""{"page":"{page}","keep":false,"data":{{PostsJson}}}""",
    };

    [Theory]
    [InlineData("""{"publish":["private*"]}""", "update, named message, score, score with posts, live posts")]
    [InlineData("""{"publish":["private*"],"events":["score"]}""", "score, score with posts")]
    [InlineData("""{"publish":["private*"],"events":["sc*","x"]}""", "score, score with posts")]
    [InlineData("""{"publish":["private*"],"events":["message"]}""", "update, named message, live posts")]
    [InlineData("""{"publish":["private*"],"events":[]}""", "")]
    [InlineData("""{"publish":["private*"],"events":["Score","scor","scores"]}""", "")]
    [InlineData("""{"events":["*"]}""", "")]
    [InlineData("""{"posts":["private*"]}""", "posts, put post, delete post")]
    [InlineData("""{"posts":["private*"],"publish":["private*"],"events":["score"]}""",
        "score, score with posts, posts, put post, delete post")]
    [InlineData("""{"end":["private*"]}""", "end")]
    [InlineData("""{"subscribe":["private*"]}""", "read")]
    [InlineData("{}", "")]
    [InlineData("""{"publish":["x"],"posts":["x"],"end":["x"],"subscribe":["x"]}""", "")]
    public async Task A_token_may_do_what_its_grants_name_and_nothing_else(string grants, string allowed)
    {
        (string, string) authorization = ("Authorization", $"Bearer {api.Tokens.Hmac(TestTokens.Claims(grants))}");
        var page = $"private {Guid.NewGuid()}";
        foreach (var (name, request) in _requests)
        {
            using var response = await request.SendAsync(api.Client, page, authorization);
            var expected = IsAllowed(name) ? request.SuccessStatus : 403;
            Assert.Equal((name, expected), (name, (int)response.StatusCode));
        }

        var batch = PageEndpoint.Batch with { Body = string.Join('\n', _lines.Values) };
        using var answer = await batch.SendAsync(api.Client, page, authorization);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        foreach (var (name, line) in _lines.Keys.Zip(text.TrimEnd().Split('\n')))
        {
            var isRefused = line.Contains("urn:livestreams:problem:insufficient-scope", StringComparison.Ordinal);
            Assert.Equal((name, !IsAllowed(name)), (name, isRefused));
        }

        bool IsAllowed(string name) => allowed.Split(", ").Contains(name);
    }

    [Theory]
    [InlineData("update", """{"posts":["*"]}""", "The token has no grant 'publish' for this page.")]
    [InlineData("posts", """{"publish":["*"]}""", "The token has no grant 'posts' for this page.")]
    [InlineData("put post", """{"publish":["*"]}""", "The token has no grant 'posts' for this page.")]
    [InlineData("end", """{"publish":["*"],"posts":["*"]}""", "The token has no grant 'end' for this page.")]
    [InlineData("read", """{"publish":["*"]}""", "The token has no grant 'subscribe' for this page.")]
    [InlineData("score", """{"publish":["*"],"events":["goal"]}""",
        "The token's grant 'events' does not allow this event name.")]
    public async Task A_refusal_names_the_grant_that_is_missing(string name, string grants, string detail)
    {
        using var response = await _requests[name].SendAsync(
            api.Client, "private", ("Authorization", $"Bearer {api.Tokens.Hmac(TestTokens.Claims(grants))}"));

        var problem = await ApiClient.JsonAsync(response);
        Assert.Equal(detail, problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task An_update_that_is_refused_changes_no_post()
    {
        var page = $"private {Guid.NewGuid()}";
        var publish = api.Tokens.Hmac(TestTokens.Claims("""{"publish":["*"],"subscribe":["*"]}"""));
        using var refused = await _requests["posts"].SendAsync(
            api.Client, page, ("Authorization", $"Bearer {publish}"));
        using var read = await _requests["read"].SendAsync(api.Client, page, ("Authorization", $"Bearer {publish}"));

        Assert.Equal(403, (int)refused.StatusCode);
        Assert.Equal("0", (await ApiClient.JsonAsync(read)).GetProperty("head").GetString());
    }
}

namespace LiveStreams.Api.Tests.Posts;

/// <summary>Invalid, oversized and forbidden changes of posts are rejected with a problem document.</summary>
public sealed class PostRejectionTests(SmallPagesApi api) : IClassFixture<SmallPagesApi>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private ApiClient Client => api.Client;

    [Theory]
    [InlineData("""{"renders":["a"],"removals":[]}""")]
    [InlineData("""{"renders":{"a":"x"}}""")]
    [InlineData("""{"renders":{"a":{"content":"x"}}}""")]
    [InlineData("""{"renders":{"a":{"show":1,"content":"x"}}}""")]
    [InlineData("""{"renders":{"a":{"show":true}}}""")]
    [InlineData("""{"renders":{"a":{"show":true,"content":null}}}""")]
    [InlineData("""{"renders":{"":{"show":true,"content":"x"}}}""")]
    [InlineData("""{"renders":{"a\nb":{"show":true,"content":"x"}}}""")]
    [InlineData("""{"renders":{"a":{"show":true,"content":"\ud800"}}}""")]
    [InlineData("""{"renders":{"\ud800":{"show":true,"content":"x"}}}""")]
    [InlineData("""{"renders\ud800":1}""")]
    [InlineData("""{"renders":{},"removals":[1]}""")]
    [InlineData("""{"renders":{},"removals":{"a":1}}""")]
    [InlineData("""{"removals":"a"}""")]
    public async Task Invalid_changes_of_posts_are_rejected(string json)
    {
        using var response = await Client.PostAsync("wrong", json, contentType: "application/json");
        using var batch = await Client.SendAsync(
            HttpMethod.Post,
            "/updates",
            $$"""{"page":"wrong","data":{{json}}}""",
            "application/x-ndjson");

        await AssertProblemAsync(response, 400, "posts");
        Assert.Contains("400", await batch.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.Equal("0", (await Client.GetJsonAsync("/pages/wrong")).GetProperty("head").GetString());
    }

    [Theory]
    [InlineData("/pages/bad/posts/a%0Ab", "text/html", 400, "post-id")]
    [InlineData("/pages/bad/posts/a%FF", "text/html", 400, "post-id")]
    [InlineData("/pages/b%7Bad/posts/a", "text/html", 400, "page-name")]
    [InlineData("/pages/bad/posts/a?show=maybe", "text/html", 400, "query")]
    [InlineData("/pages/bad/posts/a", "application/json", 415, "content-type")]
    [InlineData("/pages/bad/posts/a", "image/png", 415, "content-type")]
    public async Task An_invalid_put_is_rejected(string path, string contentType, int status, string type)
    {
        using var raw = await RawHttp.ConnectAsync(api.Server.Address);
        await raw.SendAsync(
            $"PUT {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            + $"Content-Type: {contentType}\r\nContent-Length: 2\r\n\r\n{{}}");
        var response = await raw.ReceiveToEndAsync();

        Assert.StartsWith($"HTTP/1.1 {status} ", response, StringComparison.Ordinal);
        Assert.Contains($"urn:livestreams:problem:{type}", response, StringComparison.Ordinal);
        Assert.Equal("0", (await Client.GetJsonAsync("/pages/bad")).GetProperty("head").GetString());
    }

    [Fact]
    public async Task Posts_over_a_limit_are_rejected()
    {
        var content = new string('x', 101);
        using var large = await Client.SendAsync(HttpMethod.Put, "/pages/full/posts/a", content);
        using var largeInUpdate = await Client.PostAsync(
            "full",
            $$$$"""{"renders":{"a":{"show":true,"content":"{{{{content}}}}"}}}""",
            contentType: "application/json");
        await AssertProblemAsync(large, 413, "too-large");
        await AssertProblemAsync(largeInUpdate, 413, "too-large");
        for (var n = 1; n <= 4; n++)
        {
            await Client.PutPostAsync("full", $"{n}", "x");
        }

        using var response = await Client.SendAsync(HttpMethod.Put, "/pages/full/posts/5", "x");
        using var batch = await Client.SendAsync(
            HttpMethod.Post,
            "/updates",
            """
            {"page":"full","data":{"renders":{"5":{"show":true,"content":"x"}}}}
            {"page":"full","data":"text"}
            """,
            "application/x-ndjson");

        await AssertProblemAsync(response, 409, "posts-full");
        var lines = (await batch.Content.ReadAsStringAsync(Ct)).Split('\n');
        Assert.Contains("posts-full", lines[0], StringComparison.Ordinal);
        Assert.Contains("\"sequence\":5", lines[1], StringComparison.Ordinal);
        await Client.DeletePostAsync("full", "1");
        await Client.PutPostAsync("full", "5", "x");
        Assert.Equal(["5=x", "4=x", "3=x", "2=x"], await Client.GetPostsAsync("full"));
    }

    [Theory]
    [InlineData("PUT", "/pages/origin/posts/a")]
    [InlineData("DELETE", "/pages/origin/posts/a")]
    [InlineData("DELETE", "/pages/origin")]
    public async Task A_page_of_another_origin_cannot_change_posts_from_a_visitors_browser(string method, string path)
    {
        using var response = await Client.SendAsync(
            HttpMethod.Parse(method),
            path,
            "x",
            headers: ("Origin", "http://elsewhere.example"));

        await AssertProblemAsync(response, 403, "origin");
        Assert.Equal("0", (await Client.GetJsonAsync("/pages/origin")).GetProperty("head").GetString());
    }

    private static async Task AssertProblemAsync(HttpResponseMessage response, int status, string type)
    {
        var body = await response.Content.ReadAsStringAsync(Ct);
        Assert.True((int)response.StatusCode == status, $"{response.StatusCode}: {body}");
        Assert.Contains($"urn:livestreams:problem:{type}\"", body, StringComparison.Ordinal);
    }
}

using System.Net;

namespace LiveStreams.Api.Tests.Posts;

/// <summary>Each change of posts over HTTP is published as an update and changes the posts of the page.</summary>
public sealed class PostTests(SmallPagesApi api) : IClassFixture<SmallPagesApi>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private ApiClient Client => api.Client;

    [Fact]
    public async Task A_put_post_is_published_as_an_update_in_the_json_of_wagtail_live()
    {
        await using var stream = await Client.SubscribeAsync("put");
        using var response = await Client.SendAsync(
            HttpMethod.Put,
            "/pages/put/posts/goal%2F1%20%E2%9C%93",
            "<p class=\"x\">1:0 &amp; é</p>\n",
            "text/html");
        var result = await ApiClient.JsonAsync(response);
        var id = result.GetProperty("id").GetString();

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal(1, result.GetProperty("subscribers").GetInt32());
        var item = await stream.NextAsync();
        const string Json =
            """{"renders":{"goal/1 ✓":{"show":true,"content":"<p class=\"x\">1:0 &amp; é</p>\n"}},"removals":[]}""";
        Assert.Equal(("message", Json, id), (item.EventType, item.Data, item.EventId));
        var history = await Client.GetJsonAsync(response.Headers.Location!.ToString());
        Assert.Equal(Json, history.GetProperty("updates")[0].GetProperty("data").GetString());
        Assert.Equal(["goal/1 ✓=<p class=\"x\">1:0 &amp; é</p>\n"], await Client.GetPostsAsync("put"));
    }

    [Fact]
    public async Task Posts_are_added_changed_hidden_and_removed()
    {
        await Client.PutPostAsync("fold", "a", "1");
        await Client.PutPostAsync("fold", "b", "1");
        await Client.PutPostAsync("fold", "a", "2", "?show=false");
        Assert.Equal(["b=1", "a~2"], await Client.GetPostsAsync("fold"));

        await Client.DeletePostAsync("fold", "b");
        var last = await Client.DeletePostAsync("fold", "never there");

        Assert.Equal(["a~2"], await Client.GetPostsAsync("fold"));
        Assert.Equal(last, (await Client.GetJsonAsync("/pages/fold/posts")).GetProperty("id").GetString());
        await using var stream = await Client.SubscribeAsync("fold", query: "?from=-2");
        Assert.Equal("""{"renders":{},"removals":["b"]}""", (await stream.NextAsync()).Data);
    }

    [Fact]
    public async Task An_update_in_the_json_of_wagtail_live_changes_posts_and_is_streamed_unchanged()
    {
        await using var stream = await Client.SubscribeAsync("wagtail");
        const string Json =
            """{ "renders": {"b7c1": {"show": true,"""
            + """ "content": "<div class=\"live-post\" data-post-id=\"b7c1\">\u00e9</div>"},"""
            + """ "a": {"show": false, "content": ""}}, "removals": ["old"] }""";

        await Client.ChangePostsAsync("wagtail", Json);

        // The tests of Wagtail Live publish updates without changes.
        const string Empty = """{"renders": {}, "removals": []}""";
        await Client.ChangePostsAsync("wagtail", Empty);

        Assert.Equal([Json, Empty], await stream.NextDataAsync(2));
        Assert.Equal(
            ["a~", "b7c1=<div class=\"live-post\" data-post-id=\"b7c1\">é</div>"],
            await Client.GetPostsAsync("wagtail"));
    }

    [Fact]
    public async Task New_posts_of_one_update_keep_the_order_in_which_a_browser_reads_them()
    {
        const string Json =
            """{"renders":{"b":{"show":true,"content":""},"10":{"show":true,"content":""},"""
            + """ "9":{"show":true,"content":""},"01":{"show":true,"content":""}}}""";
        await Client.ChangePostsAsync("order", Json);

        // JSON.parse lists 9, 10, b, 01, and each new post is placed before the existing ones.
        Assert.Equal(["01=", "b=", "10=", "9="], await Client.GetPostsAsync("order"));
    }

    [Fact]
    public async Task A_post_that_one_update_both_renders_and_removes_does_not_exist()
    {
        const string Json =
            """{"removals":["a"],"renders":{"a":{"show":true,"content":"1"},"a":{"show":true,"content":"2"},"""
            + """ "b":{"show":true,"content":"1"},"b":{"show":true,"content":"2"}}}""";
        await Client.ChangePostsAsync("both", Json);

        Assert.Equal(["b=2"], await Client.GetPostsAsync("both"));
    }

    [Fact]
    public async Task The_same_update_as_text_and_in_a_batch_changes_posts_too()
    {
        const string Json = """{"renders":{"text":{"show":true,"content":"1"}}}""";
        using var text = await Client.PostAsync("any", Json);
        const string Lines =
            """
            {"page":"any","data":"{\"renders\":{\"a\":{\"show\":true,\"content\":\"2\"}}}"}
            {"page":"any","event":"message","data":{"renders":{"b":{"show":true,"content":"3"}}}}
            {"page":"any","event":"score","data":{"renders":{"c":{"show":true,"content":"4"}}}}
            """;
        using var batch = await Client.SendAsync(HttpMethod.Post, "/updates", Lines, "application/x-ndjson");

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (text.StatusCode, batch.StatusCode));
        Assert.Equal(["b=3", "a=2", "text=1"], await Client.GetPostsAsync("any"));
        var updates = (await Client.GetJsonAsync("/pages/any/updates")).GetProperty("updates");
        string?[] names = [.. updates.EnumerateArray().Select(update => update.GetProperty("event").GetString())];
        Assert.Equal([null, null, null, "score"], names);
    }

    [Theory]
    [InlineData("?event=score", "application/json", """{"renders":{"a":{"show":true,"content":"x"}},"removals":[]}""")]
    [InlineData("?keep=false", "application/json", """{"renders":{"a":{"show":true,"content":"x"}},"removals":[]}""")]
    [InlineData("", "text/plain", """{"renders":{"a":{"show":true,"content":"x"}},"removals":[],"more":1}""")]
    [InlineData("", "application/json", """{"renders":{"a":{"show":true,"content":"x"}},"removals":[],"more":1}""")]
    [InlineData("", "application/json", """{"renders":1,"more":1}""")]
    [InlineData("", "application/json", """["renders"]""")]
    [InlineData("", "application/json", "{}")]
    public async Task Other_data_is_published_and_changes_no_post(string query, string contentType, string data)
    {
        using var response = await Client.PostAsync("plain", data, query: query, contentType: contentType);

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Empty(await Client.GetPostsAsync("plain"));
    }

    [Fact]
    public async Task An_idempotency_key_makes_a_put_safe_to_repeat()
    {
        const string Path = "/pages/keys/posts/a";
        using var first = await Client.SendAsync(HttpMethod.Put, Path, "1", headers: ("Idempotency-Key", "k"));
        await Client.DeletePostAsync("keys", "a");
        using var again = await Client.SendAsync(HttpMethod.Put, Path, "1", headers: ("Idempotency-Key", "k"));

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (first.StatusCode, again.StatusCode));
        Assert.Equal(await first.Content.ReadAsStringAsync(Ct), await again.Content.ReadAsStringAsync(Ct));
        Assert.Empty(await Client.GetPostsAsync("keys"));
    }

    [Fact]
    public async Task A_request_for_unchanged_posts_returns_304()
    {
        var id = await Client.PutPostAsync("tag", "a", "1");

        using var first = await Client.GetAsync("/pages/tag/posts");
        using var same = await Client.SendAsync(
            HttpMethod.Get,
            "/pages/tag/posts",
            headers: ("If-None-Match", $"\"other\", \"{id}\""));
        await Client.PutPostAsync("tag", "a", "2");
        using var changed = await Client.SendAsync(
            HttpMethod.Get,
            "/pages/tag/posts",
            headers: ("If-None-Match", $"\"{id}\""));

        Assert.Equal($"\"{id}\"", first.Headers.ETag!.Tag);
        Assert.Equal((HttpStatusCode.NotModified, HttpStatusCode.OK), (same.StatusCode, changed.StatusCode));
        Assert.Empty(await same.Content.ReadAsByteArrayAsync(Ct));
    }
}

using System.Net;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Posts;

/// <summary>Posts over HTTP: every way to change them is an update, and folds into the page.</summary>
public sealed class PostTests(PostTests.SmallPages api) : IClassFixture<PostTests.SmallPages>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private ApiClient Client => api.Client;

    [Fact]
    public async Task A_post_that_is_put_is_an_update_in_the_json_of_wagtail_live()
    {
        await using var stream = await Client.SubscribeAsync("put");
        using var response = await Client.SendAsync(HttpMethod.Put, "/pages/put/posts/goal%2F1%20%E2%9C%93", "<p class=\"x\">1:0 &amp; é</p>\n", "text/html");
        var answer = await ApiClient.JsonAsync(response);
        var id = answer.GetProperty("id").GetString();

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal(1, answer.GetProperty("subscribers").GetInt32());
        var item = await stream.NextAsync();
        const string Json = """{"renders":{"goal/1 ✓":{"show":true,"content":"<p class=\"x\">1:0 &amp; é</p>\n"}},"removals":[]}""";
        Assert.Equal(("message", Json, id), (item.EventType, item.Data, item.EventId));
        var history = await Client.GetJsonAsync(response.Headers.Location!.ToString());
        Assert.Equal(Json, history.GetProperty("updates")[0].GetProperty("data").GetString());
        Assert.Equal(["goal/1 ✓=<p class=\"x\">1:0 &amp; é</p>\n"], await Client.PostsAsync("put"));
    }

    [Fact]
    public async Task Posts_are_put_changed_hidden_and_removed()
    {
        await Client.PutPostAsync("fold", "a", "1");
        await Client.PutPostAsync("fold", "b", "1");
        await Client.PutPostAsync("fold", "a", "2", "?show=false");
        Assert.Equal(["b=1", "a~2"], await Client.PostsAsync("fold"));

        await Client.DeletePostAsync("fold", "b");
        var last = await Client.DeletePostAsync("fold", "never there");

        Assert.Equal(["a~2"], await Client.PostsAsync("fold"));
        Assert.Equal(last, (await Client.GetJsonAsync("/pages/fold/posts")).GetProperty("id").GetString());
        await using var stream = await Client.SubscribeAsync("fold", query: "?from=-2");
        Assert.Equal("""{"renders":{},"removals":["b"]}""", (await stream.NextAsync()).Data);
    }

    [Fact]
    public async Task An_update_in_wagtail_lives_json_changes_posts_and_is_streamed_as_it_was_sent()
    {
        await using var stream = await Client.SubscribeAsync("wagtail");
        const string Json = """{ "renders": {"b7c1": {"show": true, "content": "<div class=\"live-post\" data-post-id=\"b7c1\">\u00e9</div>"}, "a": {"show": false, "content": ""}}, "removals": ["old"] }""";

        await Client.ChangePostsAsync("wagtail", Json);
        await Client.ChangePostsAsync("wagtail", """{"renders": {}, "removals": []}"""); // As in its publishers' tests.

        Assert.Equal([Json, """{"renders": {}, "removals": []}"""], await stream.NextDataAsync(2));
        Assert.Equal(["a~", "b7c1=<div class=\"live-post\" data-post-id=\"b7c1\">é</div>"], await Client.PostsAsync("wagtail"));
    }

    [Fact]
    public async Task New_posts_of_one_update_stand_in_the_order_in_which_a_browser_reads_them()
    {
        await Client.ChangePostsAsync("order", """{"renders":{"b":{"show":true,"content":""},"10":{"show":true,"content":""},"9":{"show":true,"content":""},"01":{"show":true,"content":""}}}""");

        // JSON.parse lists 9, 10, b, 01; each goes before those that are there.
        Assert.Equal(["01=", "b=", "10=", "9="], await Client.PostsAsync("order"));
    }

    [Fact]
    public async Task A_post_rendered_and_removed_by_one_update_is_not_there()
    {
        await Client.ChangePostsAsync("both", """{"removals":["a"],"renders":{"a":{"show":true,"content":"1"},"a":{"show":true,"content":"2"},"b":{"show":true,"content":"1"},"b":{"show":true,"content":"2"}}}""");

        Assert.Equal(["b=2"], await Client.PostsAsync("both"));
    }

    [Theory]
    [InlineData("?event=score", "application/json", """{"renders":{"a":{"show":true,"content":"x"}},"removals":[]}""")]
    [InlineData("?keep=false", "application/json", """{"renders":{"a":{"show":true,"content":"x"}},"removals":[]}""")]
    [InlineData("", "text/plain", """{"renders":{"a":{"show":true,"content":"x"}},"removals":[]}""")]
    [InlineData("", "application/json", """{"renders":{"a":{"show":true,"content":"x"}},"removals":[],"more":1}""")]
    [InlineData("", "application/json", """{"renders":1,"more":1}""")]
    [InlineData("", "application/json", """["renders"]""")]
    [InlineData("", "application/json", "{}")]
    public async Task Other_data_is_published_and_changes_no_post(string query, string contentType, string data)
    {
        using var response = await Client.PostAsync("plain", data, query: query, contentType: contentType);

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Empty(await Client.PostsAsync("plain"));
    }

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
    public async Task What_is_meant_to_change_posts_and_is_wrong_is_refused(string json)
    {
        using var response = await Client.PostAsync("wrong", json, contentType: "application/json");
        using var batch = await Client.SendAsync(HttpMethod.Post, "/updates", $$"""{"page":"wrong","data":{{json}}}""", "application/x-ndjson");

        await ProblemAsync(response, 400, "posts");
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
    public async Task A_bad_put_is_refused(string path, string contentType, int status, string type)
    {
        using var raw = await RawHttp.ConnectAsync(api.Server.Address);
        await raw.SendAsync($"PUT {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: {contentType}\r\nContent-Length: 2\r\n\r\n{{}}");
        var answer = await raw.ReceiveToEndAsync();

        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Contains($"urn:livestreams:problem:{type}", answer, StringComparison.Ordinal);
        Assert.Equal("0", (await Client.GetJsonAsync("/pages/bad")).GetProperty("head").GetString());
    }

    [Fact]
    public async Task Posts_over_a_bound_are_refused_and_say_which()
    {
        using var large = await Client.SendAsync(HttpMethod.Put, "/pages/full/posts/a", new string('x', 101));
        using var largeInUpdate = await Client.PostAsync(
            "full", """{"renders":{"a":{"show":true,"content":"X"}}}""".Replace("X", new string('x', 101), StringComparison.Ordinal), contentType: "application/json");
        await ProblemAsync(large, 413, "too-large");
        await ProblemAsync(largeInUpdate, 413, "too-large");
        for (var n = 1; n <= 4; n++)
        {
            await Client.PutPostAsync("full", $"{n}", "x");
        }

        using var response = await Client.SendAsync(HttpMethod.Put, "/pages/full/posts/5", "x");
        using var batch = await Client.SendAsync(
            HttpMethod.Post, "/updates", """{"page":"full","data":{"renders":{"5":{"show":true,"content":"x"}}}}""" + "\n" + """{"page":"full","data":"text"}""", "application/x-ndjson");

        await ProblemAsync(response, 409, "posts-full");
        var lines = (await batch.Content.ReadAsStringAsync(Ct)).Split('\n');
        Assert.Contains("posts-full", lines[0], StringComparison.Ordinal);
        Assert.Contains("\"sequence\":5", lines[1], StringComparison.Ordinal);
        await Client.DeletePostAsync("full", "1");
        await Client.PutPostAsync("full", "5", "x");
        Assert.Equal(["5=x", "4=x", "3=x", "2=x"], await Client.PostsAsync("full"));
    }

    [Fact]
    public async Task A_key_makes_a_put_and_a_deletion_safe_to_repeat()
    {
        using var first = await Client.SendAsync(HttpMethod.Put, "/pages/keys/posts/a", "1", headers: ("Idempotency-Key", "k"));
        await Client.DeletePostAsync("keys", "a");
        using var again = await Client.SendAsync(HttpMethod.Put, "/pages/keys/posts/a", "1", headers: ("Idempotency-Key", "k"));

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (first.StatusCode, again.StatusCode));
        Assert.Equal(await first.Content.ReadAsStringAsync(Ct), await again.Content.ReadAsStringAsync(Ct));
        Assert.Empty(await Client.PostsAsync("keys"));
    }

    [Fact]
    public async Task Asking_for_posts_that_have_not_changed_is_answered_304()
    {
        var id = await Client.PutPostAsync("tag", "a", "1");

        using var first = await Client.GetAsync("/pages/tag/posts");
        using var same = await Client.SendAsync(HttpMethod.Get, "/pages/tag/posts", headers: ("If-None-Match", $"\"other\", \"{id}\""));
        await Client.PutPostAsync("tag", "a", "2");
        using var changed = await Client.SendAsync(HttpMethod.Get, "/pages/tag/posts", headers: ("If-None-Match", $"\"{id}\""));

        Assert.Equal($"\"{id}\"", first.Headers.ETag!.Tag);
        Assert.Equal((HttpStatusCode.NotModified, HttpStatusCode.OK), (same.StatusCode, changed.StatusCode));
        Assert.Empty(await same.Content.ReadAsByteArrayAsync(Ct));
    }

    [Theory]
    [InlineData("PUT", "/pages/origin/posts/a")]
    [InlineData("DELETE", "/pages/origin/posts/a")]
    [InlineData("DELETE", "/pages/origin")]
    public async Task A_page_of_another_origin_cannot_change_posts_from_its_visitors_browser(string method, string path)
    {
        using var response = await Client.SendAsync(HttpMethod.Parse(method), path, "x", headers: ("Origin", "http://elsewhere.example"));

        await ProblemAsync(response, 403, "origin");
        Assert.Equal("0", (await Client.GetJsonAsync("/pages/origin")).GetProperty("head").GetString());
    }

    private static async Task ProblemAsync(HttpResponseMessage response, int status, string type)
    {
        var body = await response.Content.ReadAsStringAsync(Ct);
        Assert.True((int)response.StatusCode == status, $"{response.StatusCode}: {body}");
        Assert.Contains($"urn:livestreams:problem:{type}\"", body, StringComparison.Ordinal);
    }

    /// <summary>Four posts a page, each of 100 bytes at the most.</summary>
    public sealed class SmallPages : SharedApi
    {
        protected override string[] Settings => ["--Store=memory", "--Posts:MaxPosts=4", "--Posts:MaxPostBytes=100"];
    }
}

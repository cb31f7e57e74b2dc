using System.Net;

namespace LiveStreams.Api.Tests.Publish;

/// <summary>Publishing over HTTP: what the publisher gets back, and what subscribers receive.</summary>
public sealed class PublishTests(UnthrottledApi api) : IClassFixture<UnthrottledApi>
{
    [Fact]
    public async Task A_publish_returns_the_location_of_the_update_and_the_number_of_subscribers()
    {
        await using var stream = await api.Client.SubscribeAsync("result");
        using var response = await api.Client.PostAsync("result", "Is this thing on?");

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var result = await ApiClient.JsonAsync(response);
        Assert.Equal("result", result.GetProperty("page").GetString());
        Assert.Equal(1, result.GetProperty("sequence").GetInt64());
        Assert.Equal(1, result.GetProperty("subscribers").GetInt32());
        Assert.EndsWith("-1", result.GetProperty("id").GetString(), StringComparison.Ordinal);

        var history = await api.Client.GetJsonAsync(response.Headers.Location!.ToString());
        var update = Assert.Single(history.GetProperty("updates").EnumerateArray().ToArray());
        Assert.Equal(result.GetProperty("id").GetString(), update.GetProperty("id").GetString());
        Assert.Equal("Is this thing on?", update.GetProperty("data").GetString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("text/plain")]
    [InlineData("text/html; charset=utf-8")]
    [InlineData("text/plain; charset=\"UTF-8\"")]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task Text_is_published_with_its_line_ends_normalized(string? contentType)
    {
        var page = $"text {contentType}";
        await using var stream = await api.Client.SubscribeAsync(page);

        using var response = await api.Client.PostAsync(page, "a=b&c d ✓\r\nx", contentType: contentType);

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal("a=b&c d ✓\nx", (await stream.NextAsync()).Data);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/ld+json; charset=utf-8")]
    public async Task Valid_json_is_published_with_its_formatting(string contentType)
    {
        const string Json = "{\n  \"home\": 1,\r\n  \"away\": [null, \"✓\"]\n}";
        await using var stream = await api.Client.SubscribeAsync(contentType);

        using var response = await api.Client.PostAsync(contentType, Json, contentType: contentType);

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal(Json.Replace("\r\n", "\n", StringComparison.Ordinal), (await stream.NextAsync()).Data);
    }

    [Fact]
    public async Task An_event_name_reaches_the_subscriber()
    {
        await using var stream = await api.Client.SubscribeAsync("named");

        var id = await api.Client.PublishAsync("named", "1:0", query: "?event=score%20%E2%9C%93");
        var item = await stream.NextAsync();

        Assert.Equal(("score ✓", "1:0", id), (item.EventType, item.Data, item.EventId));
    }

    [Fact]
    public async Task An_empty_body_is_published_as_an_update()
    {
        await using var stream = await api.Client.SubscribeAsync("empty");
        await api.Client.PublishAsync("empty", "");
        Assert.Equal("", (await stream.NextAsync()).Data);
    }

    [Fact]
    public async Task A_live_only_update_has_no_id_and_no_history()
    {
        await using var stream = await api.Client.SubscribeAsync("live");

        using var response = await api.Client.PostAsync("live", "now", query: "?keep=false");
        var kept = await api.Client.PublishAsync("live", "kept");

        var result = await ApiClient.JsonAsync(response);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Null(result.GetProperty("id").GetString());
        Assert.Null(response.Headers.Location);
        var live = await stream.NextAsync();
        Assert.Equal(("now", "0"), (live.Data, live.EventId));
        Assert.Equal(("kept", kept), ((await stream.NextAsync()).Data, stream.LastEventId));
        await using var newSubscriber = await api.Client.SubscribeAsync("live", lastEventId: "0");
        Assert.Equal("kept", (await newSubscriber.NextAsync()).Data);
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("a%2Fb")]
    [InlineData("news:élection ✓ 😀?#&+ ")]
    [InlineData("...")]
    public async Task Any_page_name_can_be_a_path(string page)
    {
        await using var stream = await api.Client.SubscribeAsync(page);
        await api.Client.PublishAsync(page, page);

        Assert.Equal(page, (await stream.NextAsync()).Data);
        var state = await api.Client.GetJsonAsync(ApiClient.PathOf(page));
        Assert.Equal(page, state.GetProperty("page").GetString());
        Assert.Equal(1, state.GetProperty("updates").GetInt64());
    }

    [Fact]
    public async Task Sixty_four_concurrent_posts_with_one_key_publish_one_update()
    {
        await using var stream = await api.Client.SubscribeAsync("once");

        var responses = await Task.WhenAll(
            Enumerable.Range(0, 64).Select(_ => api.Client.PostAsync("once", "only", key: "one key")));

        Assert.Single(responses, response => response.StatusCode == HttpStatusCode.Created);
        Assert.Equal(63, responses.Count(response => response.StatusCode == HttpStatusCode.OK));
        var results = await Task.WhenAll(responses.Select(ApiClient.JsonAsync));
        Assert.Single(results.Select(result => result.GetProperty("id").GetString()).Distinct());
        await api.Client.PublishAsync("once", "next");
        Assert.Equal(["only", "next"], await stream.NextDataAsync(2));
    }
}

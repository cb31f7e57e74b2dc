using System.Net;
using System.Text;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Publish;

public sealed class PublishTests(PublishTests.Unthrottled api) : IClassFixture<PublishTests.Unthrottled>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_publish_is_answered_with_where_it_is_and_who_watches()
    {
        await using var watching = await api.Client.SubscribeAsync("answer");
        using var response = await api.Client.PostAsync("answer", "Is this thing on?");

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var answer = await ApiClient.JsonAsync(response);
        Assert.Equal("answer", answer.GetProperty("page").GetString());
        Assert.Equal(1, answer.GetProperty("sequence").GetInt64());
        Assert.Equal(1, answer.GetProperty("subscribers").GetInt32());
        Assert.EndsWith("-1", answer.GetProperty("id").GetString(), StringComparison.Ordinal);

        var there = await api.Client.GetJsonAsync(response.Headers.Location!.ToString());
        var update = Assert.Single(there.GetProperty("updates").EnumerateArray().ToArray());
        Assert.Equal(answer.GetProperty("id").GetString(), update.GetProperty("id").GetString());
        Assert.Equal("Is this thing on?", update.GetProperty("data").GetString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("text/plain")]
    [InlineData("text/html; charset=utf-8")]
    [InlineData("text/plain; charset=\"UTF-8\"")]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task Text_is_published_as_it_is(string? contentType)
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
    public async Task Json_is_checked_and_published_as_it_is(string contentType)
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
    public async Task An_empty_body_is_an_update_too()
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

        var answer = await ApiClient.JsonAsync(response);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Null(answer.GetProperty("id").GetString());
        Assert.Null(response.Headers.Location);
        var live = await stream.NextAsync();
        Assert.Equal(("now", "0"), (live.Data, live.EventId));
        Assert.Equal(("kept", kept), ((await stream.NextAsync()).Data, stream.LastEventId));
        await using var newcomer = await api.Client.SubscribeAsync("live", lastEventId: "0");
        Assert.Equal("kept", (await newcomer.NextAsync()).Data);
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
    public async Task Sixty_four_posts_at_once_with_one_key_make_one_event()
    {
        await using var stream = await api.Client.SubscribeAsync("once");

        var responses = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => api.Client.PostAsync("once", "only", key: "one key")));

        Assert.Single(responses, response => response.StatusCode == HttpStatusCode.Created);
        Assert.Equal(63, responses.Count(response => response.StatusCode == HttpStatusCode.OK));
        Assert.Single((await Task.WhenAll(responses.Select(ApiClient.JsonAsync))).Select(answer => answer.GetProperty("id").GetString()).Distinct());
        await api.Client.PublishAsync("once", "next");
        Assert.Equal(["only", "next"], await stream.NextDataAsync(2));
    }

    [Fact]
    public async Task A_batch_publishes_each_line_and_a_bad_one_fails_alone()
    {
        await using var home = await api.Client.SubscribeAsync("batch home");
        await using var away = await api.Client.SubscribeAsync("batch away");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/updates")
        {
            Content = new StringContent("""
                {"page":"batch home","data":"1","event":"score"}
                {"page":"batch away","data":{"goals":[1, 2]},"key":"k"}

                not json
                {"page":"batch home"}
                {"page":"a{b","data":"x"}
                {"page":"batch home","data":"x","event":"a\nb"}
                {"page":"batch home","data":"\ud800"}
                {"page":"batch home","data":"x","keep":"no"}
                {"page":"batch away","data":"again","key":"k"}
                {"page":"batch home","data":"2\n3"}
                """, Encoding.UTF8, "application/x-ndjson"),
        };

        using var response = await api.Client.SendAsync(request);
        var lines = (await response.Content.ReadAsStringAsync(Ct)).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement).ToArray();

        Assert.Equal("application/x-ndjson", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(
            ["", "", "data", "data", "page-name", "event-name", "data", "query", "", ""],
            lines.Select(line => line.TryGetProperty("error", out var error) ? error.GetProperty("type").GetString()!.Split(':')[^1] : ""));
        Assert.Equal(lines[1].GetProperty("id").GetString(), lines[8].GetProperty("id").GetString());
        Assert.Equal([1, 2], new[] { lines[0], lines[9] }.Select(line => line.GetProperty("sequence").GetInt64()));
        Assert.Equal(["1", "2\n3"], await home.NextDataAsync(2));
        Assert.Equal("""{"goals":[1, 2]}""", (await away.NextAsync()).Data);
    }

    [Fact]
    public async Task A_batch_of_thousands_is_answered_in_order()
    {
        const int Lines = 5000;
        var body = string.Join('\n', Enumerable.Range(1, Lines).Select(n => $$"""{"page":"long batch {{n % 7}}","data":"{{n}}"}"""));
        using var response = await api.Client.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/updates")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/x-ndjson"),
        });

        var answers = (await response.Content.ReadAsStringAsync(Ct)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(Lines, answers.Length);
        await using var stream = await api.Client.SubscribeAsync("long batch 3", query: "?from=-2");
        Assert.Equal(["4987", "4994"], await stream.NextDataAsync(2));
    }

    public sealed class Unthrottled : SharedApi
    {
        protected override string[] Settings => ServerProcess.Unthrottled;
    }
}

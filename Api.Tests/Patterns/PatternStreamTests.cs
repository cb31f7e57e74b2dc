using System.Text;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Patterns;

/// <summary>A stream that follows pages by a pattern: those that exist, and those that are born.</summary>
public sealed class PatternStreamTests(SharedApi api)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pages_that_match_are_followed_and_others_are_not()
    {
        foreach (var page in new[] { "match:a", "match:b", "match", "watch:a" })
        {
            await api.Client.PublishAsync(page, "before");
        }

        await using var stream = await api.Client.SubscribeToPatternAsync("match:*");
        await api.Client.PublishAsync("match", "not followed");
        await api.Client.PublishAsync("watch:a", "not followed");
        var id = await api.Client.PublishAsync("match:b", "1:0", query: "?event=score");
        await api.Client.PublishLiveAsync("match:a", "typing");

        Assert.Equal(new PageEvent("match:b", id, "score", "1:0"), await stream.NextPageEventAsync());
        Assert.Equal(new PageEvent("match:a", null, null, "typing"), await stream.NextPageEventAsync());
    }

    [Fact]
    public async Task A_page_that_is_born_arrives_from_its_first_update_on()
    {
        await using var stream = await api.Client.SubscribeToPatternAsync("born:*");
        for (var n = 1; n <= 5; n++)
        {
            await api.Client.PublishAsync("born:a", $"{n}");
        }

        for (var n = 1; n <= 5; n++)
        {
            Assert.Equal(("born:a", $"{n}"), await stream.NextPageDataAsync());
        }

        await api.Client.PublishAsync("born:a", "6");
        Assert.Equal(("born:a", "6"), await stream.NextPageDataAsync());
    }

    [Fact]
    public async Task A_page_that_is_born_begins_with_its_posts_if_the_stream_wants_snapshots()
    {
        await PutPostAsync("posts:old");
        await using var stream = await api.Client.SubscribeToPatternAsync("posts:*", query: "&snapshot=true");
        var old = await stream.NextPageEventAsync();
        Assert.Equal(("posts:old", "snapshot"), (old.Page, old.Event));

        await PutPostAsync("posts:new");

        var born = await stream.NextPageEventAsync();
        Assert.Equal(("posts:new", "snapshot"), (born.Page, born.Event));
        Assert.Contains("kick-off", born.Data, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_that_is_named_and_matches_two_patterns_arrives_once()
    {
        await api.Client.PublishAsync("once:a:1", "before");
        await using var stream = await api.Client.SubscribeToPagesAsync(
            ["once:a:1"], query: "&pattern=once:*&pattern=once:a:*&pattern=once:*&from=earliest");
        Assert.Equal(("once:a:1", "before"), await stream.NextPageDataAsync());

        await api.Client.PublishAsync("once:a:1", "after");
        await api.Client.PublishAsync("once:a:2", "born");

        Assert.Equal(("once:a:1", "after"), await stream.NextPageDataAsync());
        Assert.Equal(("once:a:2", "born"), await stream.NextPageDataAsync());
    }

    [Fact]
    public async Task A_stream_may_begin_with_the_history_of_the_pages_that_match()
    {
        await api.Client.PublishAsync("history:a", "1");
        await api.Client.PublishAsync("history:b", "2");

        await using var stream = await api.Client.SubscribeToPatternAsync("history:*", query: "&from=earliest");

        var seen = new[] { await stream.NextPageDataAsync(), await stream.NextPageDataAsync() };
        Assert.Equal([("history:a", "1"), ("history:b", "2")], seen.Order());
    }

    [Fact]
    public async Task An_event_filter_is_for_pages_that_are_born_too()
    {
        await using var stream = await api.Client.SubscribeToPatternAsync("filter:*", query: "&event=score");
        await api.Client.PublishAsync("filter:a", "chat");
        await api.Client.PublishAsync("filter:a", "1:0", query: "?event=score");

        Assert.Equal(("filter:a", "1:0"), await stream.NextPageDataAsync());
    }

    [Fact]
    public async Task Patterns_may_be_posted()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/events")
        {
            Content = new StringContent(
                """{"patterns":["posted:*"],"events":["score"]}""", Encoding.UTF8, "application/json"),
        };
        using var response = await api.Client.OpenAsync(request);
        Assert.True(response.IsSuccessStatusCode);
        await api.Client.PublishAsync("posted:a", "1:0", query: "?event=score");

        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Ct));
        string? line;
        do
        {
            line = await reader.ReadLineAsync(Ct).AsTask().BoundedAsync();
        }
        while (line?.Contains("\"data\":\"1:0\"", StringComparison.Ordinal) is false);

        Assert.NotNull(line);
    }

    private async Task PutPostAsync(string page)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/pages/{page}/posts/kick-off")
        {
            Content = new StringContent("x"),
        };
        using var response = await api.Client.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode);
    }
}

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
            Assert.Equal(("born:a", $"{n}"), await NextAsync(stream));
        }

        await api.Client.PublishAsync("born:a", "6");
        Assert.Equal(("born:a", "6"), await NextAsync(stream));
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
        Assert.Equal(("once:a:1", "before"), await NextAsync(stream));

        await api.Client.PublishAsync("once:a:1", "after");
        await api.Client.PublishAsync("once:a:2", "born");

        Assert.Equal(("once:a:1", "after"), await NextAsync(stream));
        Assert.Equal(("once:a:2", "born"), await NextAsync(stream));
    }

    [Fact]
    public async Task What_a_client_missed_arrives_when_it_returns_also_of_pages_that_were_born()
    {
        await api.Client.PublishAsync("missed:a", "1");
        string position;
        await using (var stream = await api.Client.SubscribeToPatternAsync("missed:*"))
        {
            await api.Client.PublishAsync("missed:a", "2");
            Assert.Equal(("missed:a", "2"), await NextAsync(stream));
            position = stream.LastEventId;
        }

        await api.Client.PublishAsync("missed:a", "3");
        await api.Client.PublishAsync("missed:b", "4");

        await using var resumed = await api.Client.SubscribeToPatternAsync("missed:*", position);
        var seen = new HashSet<(string, string)>();
        while (!seen.IsSupersetOf([("missed:a", "3"), ("missed:b", "4")]))
        {
            seen.Add(await NextAsync(resumed));
        }

        Assert.DoesNotContain(seen, update => update.Item1 is not ("missed:a" or "missed:b"));
    }

    [Fact]
    public async Task A_stream_that_is_cut_off_before_its_first_event_resumes()
    {
        string position;
        await using (var stream = await api.Client.SubscribeToPatternAsync("cut:*"))
        {
            Assert.StartsWith("retry: 2000\n: live\nid: .~", await stream.NextBlockAsync(), StringComparison.Ordinal);
            position = stream.StartedFrom;
        }

        await api.Client.PublishAsync("cut:a", "missed");

        await using var resumed = await api.Client.SubscribeToPatternAsync("cut:*", position);
        Assert.Equal(("cut:a", "missed"), await NextAsync(resumed));
    }

    [Fact]
    public async Task A_pattern_that_is_added_to_a_stream_begins_with_the_next_updates()
    {
        string position;
        await using (var stream = await api.Client.SubscribeToPagesAsync(["added home"]))
        {
            position = stream.StartedFrom;
        }

        await api.Client.PublishAsync("added:a", "before");
        await api.Client.PublishAsync("added home", "missed");
        await using var resumed = await api.Client.SubscribeToPagesAsync(
            ["added home"], position, "&pattern=added:*");
        await api.Client.PublishAsync("added:a", "after");

        Assert.Equal(("added home", "missed"), await NextAsync(resumed));
        Assert.Equal(("added:a", "after"), await NextAsync(resumed));
    }

    [Fact]
    public async Task A_page_that_was_followed_by_a_pattern_and_is_named_now_misses_nothing()
    {
        await api.Client.PublishAsync("named:a", "1");
        string position;
        await using (var stream = await api.Client.SubscribeToPatternAsync("named:*"))
        {
            position = stream.StartedFrom;
        }

        await api.Client.PublishAsync("named:a", "missed");
        await using var resumed = await api.Client.SubscribeToPagesAsync(["named:a"], position, "&pattern=named:*");

        var update = await NextAsync(resumed);
        while (update.Data == "1")
        {
            // Published shortly before.
            update = await NextAsync(resumed);
        }

        Assert.Equal(("named:a", "missed"), update);
    }

    [Fact]
    public async Task A_stream_may_begin_with_the_history_of_the_pages_that_match()
    {
        await api.Client.PublishAsync("history:a", "1");
        await api.Client.PublishAsync("history:b", "2");

        await using var stream = await api.Client.SubscribeToPatternAsync("history:*", query: "&from=earliest");

        var seen = new[] { await NextAsync(stream), await NextAsync(stream) };
        Assert.Equal([("history:a", "1"), ("history:b", "2")], seen.Order());
    }

    [Fact]
    public async Task An_event_filter_is_for_pages_that_are_born_too()
    {
        await using var stream = await api.Client.SubscribeToPatternAsync("filter:*", query: "&event=score");
        await api.Client.PublishAsync("filter:a", "chat");
        await api.Client.PublishAsync("filter:a", "1:0", query: "?event=score");

        Assert.Equal(("filter:a", "1:0"), await NextAsync(stream));
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

    [Theory]
    [InlineData("nonsense")]
    [InlineData("7eec645c92cd-1")]
    [InlineData(".~AAAAA")]
    [InlineData(".~______")]
    public async Task A_position_that_is_none_of_patterns_resets_every_page(string position)
    {
        var pages = new[] { $"none {position}:a", $"none {position}:b" };
        foreach (var page in pages)
        {
            await api.Client.PublishAsync(page, "1");
        }

        await using var stream = await api.Client.SubscribeToPatternAsync($"none {position}:*", position);

        foreach (var page in pages)
        {
            var reset = await stream.NextPageEventAsync();
            Assert.Equal((page, "reset"), (reset.Page, reset.Event));
            Assert.Contains("unknown", reset.Data, StringComparison.Ordinal);
        }

        await api.Client.PublishAsync(pages[0], "2");
        Assert.Equal((pages[0], "2"), await NextAsync(stream));
    }

    [Fact]
    public async Task A_first_stream_that_is_cut_off_in_its_history_continues_with_the_rest()
    {
        for (var n = 1; n <= 10; n++)
        {
            await api.Client.PublishAsync("rest:a", $"{n}");
        }

        string position;
        await using (var stream = await api.Client.SubscribeToPatternAsync("rest:*", query: "&from=earliest"))
        {
            Assert.Equal(("rest:a", "1"), await NextAsync(stream));
            position = stream.LastEventId;
        }

        await using var resumed = await api.Client.SubscribeToPatternAsync("rest:*", position, "&from=earliest");
        var rest = new List<string>();
        while (!rest.Contains("10"))
        {
            rest.Add((await NextAsync(resumed)).Data);
        }

        Assert.Equal(Enumerable.Range(1, 10).Select(n => $"{n}"), rest);
    }

    [Fact]
    public async Task A_client_that_had_no_patterns_may_ask_for_the_history_of_their_pages()
    {
        await api.Client.PublishAsync("ask:a", "1");
        await using var stream = await api.Client.SubscribeToPatternAsync("ask:*", ".AAAAAAA", "&from=-1");
        Assert.Equal(("ask:a", "1"), await NextAsync(stream));
    }

    private static async Task<(string Page, string Data)> NextAsync(EventStream stream)
    {
        var next = await stream.NextPageEventAsync();
        return (next.Page, next.Data);
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

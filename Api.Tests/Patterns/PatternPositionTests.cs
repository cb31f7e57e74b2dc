using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Patterns;

/// <summary>What a client that returns to a pattern receives, by the position that it holds.</summary>
public sealed class PatternPositionTests(SharedApi api)
{
    [Fact]
    public async Task What_a_client_missed_arrives_when_it_returns_also_of_pages_that_were_born()
    {
        await api.Client.PublishAsync("missed:a", "1");
        string position;
        await using (var stream = await api.Client.SubscribeToPatternAsync("missed:*"))
        {
            await api.Client.PublishAsync("missed:a", "2");
            Assert.Equal(("missed:a", "2"), await stream.NextPageDataAsync());
            position = stream.LastEventId;
        }

        await api.Client.PublishAsync("missed:a", "3");
        await api.Client.PublishAsync("missed:b", "4");

        await using var resumed = await api.Client.SubscribeToPatternAsync("missed:*", position);
        var seen = new HashSet<(string, string)>();
        while (!seen.IsSupersetOf([("missed:a", "3"), ("missed:b", "4")]))
        {
            seen.Add(await resumed.NextPageDataAsync());
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
        Assert.Equal(("cut:a", "missed"), await resumed.NextPageDataAsync());
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

        Assert.Equal(("added home", "missed"), await resumed.NextPageDataAsync());
        Assert.Equal(("added:a", "after"), await resumed.NextPageDataAsync());
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

        var update = await resumed.NextPageDataAsync();
        while (update.Data == "1")
        {
            // Published shortly before.
            update = await resumed.NextPageDataAsync();
        }

        Assert.Equal(("named:a", "missed"), update);
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
        Assert.Equal((pages[0], "2"), await stream.NextPageDataAsync());
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
            Assert.Equal(("rest:a", "1"), await stream.NextPageDataAsync());
            position = stream.LastEventId;
        }

        await using var resumed = await api.Client.SubscribeToPatternAsync("rest:*", position, "&from=earliest");
        var rest = new List<string>();
        while (!rest.Contains("10"))
        {
            rest.Add((await resumed.NextPageDataAsync()).Data);
        }

        Assert.Equal(Enumerable.Range(1, 10).Select(n => $"{n}"), rest);
    }

    [Fact]
    public async Task A_client_that_had_no_patterns_may_ask_for_the_history_of_their_pages()
    {
        await api.Client.PublishAsync("ask:a", "1");
        await using var stream = await api.Client.SubscribeToPatternAsync("ask:*", ".AAAAAAA", "&from=-1");
        Assert.Equal(("ask:a", "1"), await stream.NextPageDataAsync());
    }
}

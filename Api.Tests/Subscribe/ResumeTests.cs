using System.Globalization;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Subscribe;

/// <summary>Coming back, and choosing where to start: everything after the position, in order, once, then live.</summary>
public sealed class ResumeTests(ResumeTests.SmallRing api) : IClassFixture<ResumeTests.SmallRing>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(2)]
    [InlineData(40)]
    public async Task A_subscriber_that_was_away_sees_exactly_what_it_missed_and_then_live(int missed)
    {
        var page = $"away {missed}";
        string position;
        await using (var before = await api.Client.SubscribeAsync(page))
        {
            await api.Client.PublishAsync(page, "seen");
            await before.NextAsync();
            position = before.LastEventId;
        }

        for (var n = 1; n <= missed; n++)
        {
            await api.Client.PublishAsync(page, $"{n}");
        }

        await using var after = await api.Client.SubscribeAsync(page, position);
        await api.Client.PublishAsync(page, "live");
        Assert.Equal(position, after.StartedFrom);
        Assert.Equal(Enumerable.Range(1, missed).Select(n => $"{n}").Append("live"), await after.NextDataAsync(missed + 1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task A_subscriber_cut_off_before_its_first_update_resumes_from_where_it_joined(int history)
    {
        var page = $"cut off {history}";
        for (var n = 1; n <= history; n++)
        {
            await api.Client.PublishAsync(page, $"before {n}");
        }

        string opening;
        await using (var before = await api.Client.SubscribeAsync(page))
        {
            opening = await before.NextBlockAsync();
        }

        // What an EventSource keeps of the opening: the id of a block that fired no event.
        var position = opening.Split("id: ")[1].Trim();
        await api.Client.PublishAsync(page, "missed 1");
        await api.Client.PublishAsync(page, "missed 2");

        await using var after = await api.Client.SubscribeAsync(page, position);
        Assert.Equal(["missed 1", "missed 2"], await after.NextDataAsync(2));
    }

    [Theory]
    [InlineData("lastEventId")]
    [InlineData("lastEventID")]
    [InlineData("last_event_id")]
    public async Task The_position_may_stand_in_the_query(string key)
    {
        var position = await api.Client.PublishAsync(key, "1");
        await api.Client.PublishAsync(key, "2");

        await using var stream = await api.Client.SubscribeAsync(key, query: $"?{key}={position}");

        Assert.Equal("2", (await stream.NextAsync()).Data);
    }

    [Fact]
    public async Task The_header_counts_before_the_query_and_a_position_before_a_wish()
    {
        var ids = new[] { await api.Client.PublishAsync("both", "1"), await api.Client.PublishAsync("both", "2"), await api.Client.PublishAsync("both", "3") };

        await using var stream = await api.Client.SubscribeAsync("both", ids[1], $"?lastEventId={ids[0]}&from=earliest");

        Assert.Equal("3", (await stream.NextAsync()).Data);
    }

    [Theory]
    [InlineData("?from=earliest", "1")]
    [InlineData("?from=-2", "4")]
    [InlineData("?from=-5", "1")]
    [InlineData("?from=-100", "1")]
    [InlineData("?since=1h", "1")]
    [InlineData("?since=2000-01-01", "1")]
    [InlineData("?since=2000-01-01T00:00:00Z", "1")]
    [InlineData("?since=2000-01-01T00:00:00+02:00", "1")]
    public async Task A_subscriber_without_a_position_may_say_where_to_start(string query, string first)
    {
        for (var n = 1; n <= 5; n++)
        {
            await api.Client.PublishAsync(query, $"{n}");
        }

        await using var stream = await api.Client.SubscribeAsync(query, query: query);

        Assert.Equal(first, (await stream.NextAsync()).Data);
        Assert.EndsWith($"-{int.Parse(first, CultureInfo.InvariantCulture) - 1}", stream.StartedFrom, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?since=0s")]
    [InlineData("?since=2999-01-01")]
    public async Task Since_now_is_now(string query)
    {
        await api.Client.PublishAsync(query, "old");
        var old = (await api.Client.GetJsonAsync($"{ApiClient.PathOf(query)}/updates")).GetProperty("updates")[0].GetProperty("time").GetDateTimeOffset();
        await Wait.UntilAsync(() => Task.FromResult(TimeProvider.System.GetUtcNow() > old.AddMilliseconds(1)), "the clock moves on");

        await using var stream = await api.Client.SubscribeAsync(query, query: query);
        await api.Client.PublishAsync(query, "new");

        Assert.Equal("new", (await stream.NextAsync()).Data);
    }

    [Theory]
    [InlineData("?from=earliest")]
    [InlineData("?from=-3")]
    [InlineData("?since=1h")]
    public async Task Where_to_start_on_an_empty_page_is_at_zero(string query)
    {
        await using var stream = await api.Client.SubscribeAsync($"empty {query}", query: query);
        Assert.Equal("0", stream.StartedFrom);
    }

    [Fact]
    public async Task History_can_be_read_page_by_page()
    {
        for (var n = 1; n <= 5; n++)
        {
            await api.Client.PublishAsync("history", $"{n} <b>✓</b>", query: n == 2 ? "?event=two" : "");
        }

        var data = new List<string>();
        for (string? next = "0"; next is not null;)
        {
            var block = await api.Client.GetJsonAsync($"/pages/history/updates?limit=2&after={next}");
            data.AddRange(block.GetProperty("updates").EnumerateArray().Select(update => update.GetProperty("data").GetString()!));
            next = block.GetProperty("next").GetString();
        }

        Assert.Equal(Enumerable.Range(1, 5).Select(n => $"{n} <b>✓</b>"), data);
        var all = await api.Client.GetJsonAsync("/pages/history/updates");
        Assert.Equal("two", all.GetProperty("updates")[1].GetProperty("event").GetString());
        Assert.Equal(all.GetProperty("head").GetString(), all.GetProperty("updates")[4].GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_page_tells_its_head_its_oldest_and_its_counts()
    {
        var empty = await api.Client.GetJsonAsync("/pages/state");
        Assert.Equal(("0", null, 0, 0), State(empty));

        var first = await api.Client.PublishAsync("state", "1");
        var last = await api.Client.PublishAsync("state", "2");
        await using var stream = await api.Client.SubscribeAsync("state");

        Assert.Equal((last, first, 2, 1), State(await api.Client.GetJsonAsync("/pages/state")));
        await stream.DisposeAsync();
        await Wait.UntilAsync(async () => State(await api.Client.GetJsonAsync("/pages/state")).Subscribers == 0, "the subscriber has gone");
    }

    [Fact]
    public async Task A_position_that_is_gone_has_no_history_page()
    {
        await api.Client.PublishAsync("gone", "1");
        using var response = await api.Client.GetAsync("/pages/gone/updates?after=0123456789ab-7");

        Assert.Equal(System.Net.HttpStatusCode.Gone, response.StatusCode);
        Assert.Contains("history-gone", await response.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    private static (string? Head, string? Oldest, int Updates, int Subscribers) State(System.Text.Json.JsonElement page) => (
        page.GetProperty("head").GetString(),
        page.GetProperty("oldest").GetString(),
        page.GetProperty("updates").GetInt32(),
        page.GetProperty("subscribers").GetInt32());

    /// <summary>A ring of eight frames, so that a few missed updates come from it and many from history.</summary>
    public sealed class SmallRing : SharedApi
    {
        protected override string[] Settings => ["--Subscribers:RingFrames=8"];
    }
}

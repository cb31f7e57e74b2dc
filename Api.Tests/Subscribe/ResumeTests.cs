using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Subscribe;

/// <summary>A subscriber that resumes receives every later update once, in order, and then live updates.</summary>
public sealed class ResumeTests(ResumeTests.SmallRing api) : IClassFixture<ResumeTests.SmallRing>
{
    [Theory]
    [InlineData(2)]
    [InlineData(40)]
    public async Task A_reconnecting_subscriber_receives_exactly_what_it_missed_and_then_live_updates(int missed)
    {
        var page = $"disconnected {missed}";
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
        Assert.Equal(
            Enumerable.Range(1, missed).Select(n => $"{n}").Append("live"),
            await after.NextDataAsync(missed + 1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task A_subscriber_disconnected_before_its_first_update_resumes_from_where_it_joined(int history)
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

        // An EventSource keeps the id of the opening block, although that block fires no event.
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
    public async Task A_client_may_send_its_position_in_the_query(string key)
    {
        var position = await api.Client.PublishAsync(key, "1");
        await api.Client.PublishAsync(key, "2");

        await using var stream = await api.Client.SubscribeAsync(key, query: $"?{key}={position}");

        Assert.Equal("2", (await stream.NextAsync()).Data);
    }

    [Fact]
    public async Task The_header_overrides_the_query_and_a_position_overrides_a_requested_start()
    {
        var first = await api.Client.PublishAsync("both", "1");
        var second = await api.Client.PublishAsync("both", "2");
        await api.Client.PublishAsync("both", "3");

        await using var stream = await api.Client.SubscribeAsync(
            "both",
            second,
            $"?lastEventId={first}&from=earliest");

        Assert.Equal("3", (await stream.NextAsync()).Data);
    }

    /// <summary>A server with a ring of eight frames: a few missed updates come from it, many from history.</summary>
    public sealed class SmallRing : SharedApi
    {
        protected override string[] Settings => ["--Subscribers:RingFrames=8"];
    }
}

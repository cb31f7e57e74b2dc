using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Browser;

/// <summary>A <c>LiveStream</c> in Chromium, through all that happens to a connection.</summary>
public sealed class LiveStreamTests(Chromium chromium)
{
    private const int EventSourceClosed = 2;

    [Fact]
    public async Task A_gateway_that_answers_502_ends_an_EventSource_for_good_and_costs_the_stream_nothing()
    {
        await using var tabs = await LiveTabs.StartAsync(chromium);
        var plain = await tabs.OpenAsync(
            "<script>const source = new EventSource('{server}/pages/home/events'), got = []; source.onmessage = event => got.push(event.data)</script>");
        var tab = await tabs.FollowAsync();
        await Wait.UntilAsync(async () => await tabs.CountSubscribersAsync() == 2, "both are live");
        await tabs.Client.PublishAsync("home", "1, live");
        await LiveTabs.HasAsync(plain, "got.length === 1");
        await LiveTabs.SawAsync(tab, "1, live");

        tabs.Proxy.AnswerWith("502 Bad Gateway");
        await LiveTabs.IsAsync(tab, "behind");
        await LiveTabs.HasAsync(plain, "source.readyState === EventSource.CLOSED");
        await tabs.Client.PublishAsync("home", "2, missed");
        tabs.Proxy.Mend();
        await LiveTabs.IsAsync(tab, "live");
        await tabs.Client.PublishAsync("home", "3, live");

        await LiveTabs.SawAsync(tab, "1, live", "2, missed", "3, live");
        Assert.Equal(["live", "behind", "live"], await tab.EvaluateAsync<string[]>("states"));
        Assert.Equal(["1, live"], await plain.EvaluateAsync<string[]>("got"));
        Assert.Equal(EventSourceClosed, await plain.EvaluateAsync<int>("source.readyState"));
    }

    [Fact]
    public async Task One_that_has_seen_nothing_yet_misses_nothing()
    {
        await using var tabs = await LiveTabs.StartAsync(chromium);
        var tab = await tabs.FollowAsync();

        tabs.Proxy.AnswerWith("503 Service Unavailable");
        await LiveTabs.IsAsync(tab, "behind");
        await tabs.Client.PublishAsync("home", "1, the first of the page");
        tabs.Proxy.Mend();

        await LiveTabs.SawAsync(tab, "1, the first of the page");
    }

    [Fact]
    public async Task It_begins_though_the_server_is_not_there_yet()
    {
        await using var tabs = await LiveTabs.StartAsync(chromium);
        await tabs.Client.PublishAsync("home", "1, before");
        var tab = await tabs.OpenAsync("<script>var stream</script>");
        tabs.Proxy.Cut();
        await tab.EvaluateAsync($"stream = new LiveStreams.LiveStream('{tabs.Proxy.Address}pages/home/events', {{ retry: [100, 1000] }})");
        await tab.AddScriptTagAsync(new() { Content = LiveTabs.Recording });
        Assert.Equal("connecting", await tab.EvaluateAsync<string>("stream.state"));
        tabs.Proxy.Mend();
        await LiveTabs.IsAsync(tab, "live");
        await tabs.Client.PublishAsync("home", "2, live");

        await LiveTabs.SawAsync(tab, "2, live");
        Assert.Equal(["live"], await tab.EvaluateAsync<string[]>("states"));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("from: 'earliest'", "1 2 3")]
    [InlineData("from: -2", "2 3")]
    [InlineData("since: '1h'", "1 2 3")]
    [InlineData("lastEventId: '{first}'", "2 3")]
    [InlineData("lastEventId: '{first}', shared: false", "2 3")]
    public async Task It_starts_where_it_is_told_also_in_a_tab_that_joins_another(string start, string history)
    {
        await using var tabs = await LiveTabs.StartAsync(chromium);
        var first = await tabs.Client.PublishAsync("home", "1");
        await tabs.Client.PublishAsync("home", "2");
        await tabs.Client.PublishAsync("home", "3");
        var options = start.Replace("{first}", first, StringComparison.Ordinal);
        string[] seen = [.. history.Split(' ', StringSplitOptions.RemoveEmptyEntries), "4"];

        var one = await tabs.FollowAsync(options);
        await tabs.Client.PublishAsync("home", "4");
        await LiveTabs.SawAsync(one, seen);
        var other = await tabs.FollowAsync(options);
        await tabs.Client.PublishAsync("home", "5");

        await LiveTabs.SawAsync(one, [.. seen, "5"]);
        await LiveTabs.SawAsync(other, start switch { "" => ["5"], "from: -2" => ["3", "4", "5"], _ => [.. seen, "5"] });
    }

    [Fact]
    public async Task Events_that_are_named_come_in_their_place_and_the_others_leave_no_gap()
    {
        await using var tabs = await LiveTabs.StartAsync(chromium);
        var tab = await tabs.FollowAsync("events: ['score', 'error']");
        var other = await tabs.FollowAsync("events: ['score', 'error']");

        await tabs.Client.PublishAsync("home", "1");
        await tabs.Client.PublishAsync("home", "2", query: "?event=score");
        await tabs.Client.PublishAsync("home", "unnamed", query: "?event=weather");
        await tabs.Client.PublishLiveAsync("home", "3, live only");
        await tabs.Client.PublishAsync("home", "4", query: "?event=error");
        await tabs.Client.PublishAsync("home", "5");

        foreach (var each in new[] { tab, other })
        {
            await LiveTabs.SawAsync(each, "1", "2", "3, live only", "4", "5");
            Assert.Equal(["message", "score", "message", "error", "message"], await each.EvaluateAsync<string[]>("events.map(one => one.event)"));
            Assert.Equal("live", await each.EvaluateAsync<string>("stream.state"));
        }
    }

    [Fact]
    public async Task A_live_only_update_has_no_id_and_repeats_are_shown()
    {
        await using var tabs = await LiveTabs.StartAsync(chromium);
        var one = await tabs.FollowAsync();
        var other = await tabs.FollowAsync();

        await tabs.Client.PublishLiveAsync("home", "goal");
        await tabs.Client.PublishLiveAsync("home", "goal");
        var id = await tabs.Client.PublishAsync("home", "goal");
        await tabs.Client.PublishLiveAsync("home", "goal");
        await tabs.Client.PublishLiveAsync("home", "whistle");

        foreach (var each in new[] { one, other })
        {
            await LiveTabs.SawAsync(each, "goal", "goal", "goal", "goal", "whistle");
            Assert.Equal(["", "", id, "", ""], await each.EvaluateAsync<string[]>("events.map(one => one.id ?? '')"));
        }
    }

    [Fact]
    public async Task A_store_that_begins_anew_resets_every_tab_and_goes_on()
    {
        await using var tabs = await LiveTabs.StartRestartableAsync(chromium, "--Store=memory");
        var one = await tabs.FollowAsync();
        var other = await tabs.FollowAsync();
        await tabs.Client.PublishAsync("home", "1");
        await LiveTabs.SawAsync(other, "1");

        await tabs.KillAndRestartServerAsync();
        await LiveTabs.IsAsync(one, "reset");
        await LiveTabs.IsAsync(other, "reset");
        await tabs.Client.PublishAsync("home", "2, of the new store");

        foreach (var each in new[] { one, other })
        {
            await LiveTabs.SawAsync(each, "1", "2, of the new store");
            Assert.Equal(["live", "behind", "live", "reset", "live"], await each.EvaluateAsync<string[]>("states"));
        }
    }

    [Fact]
    public async Task Closed_it_is_silent_and_leaves_the_server()
    {
        await using var tabs = await LiveTabs.StartAsync(chromium);
        var tab = await tabs.FollowAsync();
        await Wait.UntilAsync(async () => await tabs.CountSubscribersAsync() == 1, "it is live");

        await tab.EvaluateAsync("stream.close()");

        await Wait.UntilAsync(async () => await tabs.CountSubscribersAsync() == 0, "it has left");
        var other = await tabs.FollowAsync();
        await tabs.Client.PublishAsync("home", "after it was closed");
        await LiveTabs.SawAsync(other, "after it was closed");
        Assert.Empty(await tab.EvaluateAsync<string[]>("seen"));
    }

    [Fact]
    public async Task An_update_without_data_is_an_update_too()
    {
        await using var tabs = await LiveTabs.StartAsync(chromium);
        var tab = await tabs.FollowAsync();
        await tabs.Client.PublishAsync("home", "");
        await tabs.Client.PublishAsync("home", "last");
        await LiveTabs.SawAsync(tab, "", "last");
    }
}

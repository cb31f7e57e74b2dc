using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Browser;

/// <summary>A <c>LiveStream</c> in Chromium recovers from whatever happens to its connection.</summary>
public sealed class LiveStreamTests(Chromium chromium)
{
    private const int EventSourceClosed = 2;

    [Fact]
    public async Task A_502_response_closes_an_EventSource_but_a_LiveStream_misses_nothing()
    {
        await using var tabs = await LiveTabs.StartAsync(chromium);
        var plain = await tabs.OpenAsync("""
            <script>
              const source = new EventSource('{server}/pages/home/events'), got = [];
              source.onmessage = event => got.push(event.data);
            </script>
            """);
        var tab = await tabs.FollowAsync();
        await Wait.UntilAsync(async () => await tabs.CountSubscribersAsync() == 2, "both tabs are live");
        await tabs.Client.PublishAsync("home", "1, live");
        await LiveTabs.WaitForAsync(plain, "got.length === 1");
        await LiveTabs.AssertSeenAsync(tab, "1, live");

        tabs.Proxy.AnswerWith("502 Bad Gateway");
        await LiveTabs.WaitForStateAsync(tab, "behind");
        await LiveTabs.WaitForAsync(plain, "source.readyState === EventSource.CLOSED");
        await tabs.Client.PublishAsync("home", "2, missed");
        tabs.Proxy.Mend();
        await LiveTabs.WaitForStateAsync(tab, "live");
        await tabs.Client.PublishAsync("home", "3, live");

        await LiveTabs.AssertSeenAsync(tab, "1, live", "2, missed", "3, live");
        Assert.Equal(["live", "behind", "live"], await tab.EvaluateAsync<string[]>("states"));
        Assert.Equal(["1, live"], await plain.EvaluateAsync<string[]>("got"));
        Assert.Equal(EventSourceClosed, await plain.EvaluateAsync<int>("source.readyState"));
    }

    [Fact]
    public async Task A_stream_without_a_first_update_misses_none_after_a_503_response()
    {
        await using var tabs = await LiveTabs.StartAsync(chromium);
        var tab = await tabs.FollowAsync();

        tabs.Proxy.AnswerWith("503 Service Unavailable");
        await LiveTabs.WaitForStateAsync(tab, "behind");
        await tabs.Client.PublishAsync("home", "1, the first of the page");
        tabs.Proxy.Mend();

        await LiveTabs.AssertSeenAsync(tab, "1, the first of the page");
    }

    [Fact]
    public async Task A_stream_starts_once_the_server_becomes_reachable()
    {
        await using var tabs = await LiveTabs.StartAsync(chromium);
        await tabs.Client.PublishAsync("home", "1, before");
        var tab = await tabs.OpenAsync("<script>var stream</script>");
        tabs.Proxy.Cut();
        var url = $"{tabs.Proxy.Address}pages/home/events";
        await tab.EvaluateAsync($"stream = new LiveStreams.LiveStream('{url}', {{ retry: [100, 1000] }})");
        await tab.AddScriptTagAsync(new() { Content = LiveTabs.Recording });
        Assert.Equal("connecting", await tab.EvaluateAsync<string>("stream.state"));
        tabs.Proxy.Mend();
        await LiveTabs.WaitForStateAsync(tab, "live");
        await tabs.Client.PublishAsync("home", "2, live");

        await LiveTabs.AssertSeenAsync(tab, "2, live");
        Assert.Equal(["live"], await tab.EvaluateAsync<string[]>("states"));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("from: 'earliest'", "1 2 3")]
    [InlineData("from: -2", "2 3")]
    [InlineData("since: '1h'", "1 2 3")]
    [InlineData("lastEventId: '{first}'", "2 3")]
    [InlineData("lastEventId: '{first}', shared: false", "2 3")]
    public async Task A_stream_starts_at_the_requested_position_also_in_a_tab_that_shares_a_connection(
        string start,
        string history)
    {
        await using var tabs = await LiveTabs.StartAsync(chromium);
        var first = await tabs.Client.PublishAsync("home", "1");
        await tabs.Client.PublishAsync("home", "2");
        await tabs.Client.PublishAsync("home", "3");
        var options = start.Replace("{first}", first, StringComparison.Ordinal);
        string[] seen = [.. history.Split(' ', StringSplitOptions.RemoveEmptyEntries), "4"];

        var one = await tabs.FollowAsync(options);
        await tabs.Client.PublishAsync("home", "4");
        await LiveTabs.AssertSeenAsync(one, seen);
        var other = await tabs.FollowAsync(options);
        await tabs.Client.PublishAsync("home", "5");

        await LiveTabs.AssertSeenAsync(one, [.. seen, "5"]);
        string[] seenByOther = start switch
        {
            "" => ["5"],
            "from: -2" => ["3", "4", "5"],
            _ => [.. seen, "5"],
        };
        await LiveTabs.AssertSeenAsync(other, seenByOther);
    }

    [Fact]
    public async Task Requested_events_arrive_in_order_and_other_events_leave_no_gap()
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
            await LiveTabs.AssertSeenAsync(each, "1", "2", "3, live only", "4", "5");
            Assert.Equal(
                ["message", "score", "message", "error", "message"],
                await each.EvaluateAsync<string[]>("events.map(one => one.event)"));
            Assert.Equal("live", await each.EvaluateAsync<string>("stream.state"));
        }
    }

    [Fact]
    public async Task Live_only_updates_have_no_id_and_identical_updates_are_all_shown()
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
            await LiveTabs.AssertSeenAsync(each, "goal", "goal", "goal", "goal", "whistle");
            Assert.Equal(["", "", id, "", ""], await each.EvaluateAsync<string[]>("events.map(one => one.id ?? '')"));
        }
    }

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task A_store_that_lost_its_data_resets_every_tab_and_updates_continue()
    {
        await using var tabs = await LiveTabs.StartRestartableAsync(chromium, "--Store=memory");
        var one = await tabs.FollowAsync();
        var other = await tabs.FollowAsync();
        await one.EvaluateAsync("stream.addEventListener('reset', ({ detail }) => window.missed = detail.missed)");
        await tabs.Client.PublishAsync("home", "1");
        await LiveTabs.AssertSeenAsync(other, "1");

        await tabs.KillAndRestartServerAsync();
        await LiveTabs.WaitForStateAsync(one, "reset");
        await LiveTabs.WaitForStateAsync(other, "reset");
        await tabs.Client.PublishAsync("home", "2, of the new store");

        foreach (var each in new[] { one, other })
        {
            await LiveTabs.AssertSeenAsync(each, "1", "2, of the new store");
            Assert.Equal(["live", "behind", "live", "reset", "live"], await each.EvaluateAsync<string[]>("states"));
        }

        Assert.True(await one.EvaluateAsync<bool>("window.missed === null"));
    }

    [Theory]
    [InlineData("")]
    [InlineData(", shared: false")]
    public async Task A_tab_that_begins_before_the_kept_history_learns_what_it_missed_and_sees_what_is_kept(
        string options)
    {
        await using var tabs = await LiveTabs.StartAsync(chromium, "--History:MaxUpdates=10");
        var first = await tabs.Client.PublishAsync("home", "1");
        for (var n = 2; n <= 30; n++)
        {
            await tabs.Client.PublishAsync("home", $"{n}");
        }

        var tab = await tabs.OpenAsync($$"""
            <script>
              const stream = new LiveStreams.LiveStream(
                '{server}/pages/home/events', { lastEventId: '{{first}}'{{options}} });
              const resets = [];
              stream.addEventListener('reset', ({ detail }) => resets.push(JSON.stringify(detail)));
              {{LiveTabs.Recording}}
            </script>
            """);
        await LiveTabs.WaitForStateAsync(tab, "live");
        await tabs.Client.PublishAsync("home", "live");

        await LiveTabs.AssertSeenAsync(tab, [.. Enumerable.Range(21, 10).Select(n => $"{n}"), "live"]);
        Assert.Equal(
            [$$"""{"reason":"trimmed","from":"{{first.Split('-')[0]}}-20","missed":19}"""],
            await tab.EvaluateAsync<string[]>("resets"));
    }

    [Fact]
    public async Task A_closed_stream_receives_nothing_and_disconnects_from_the_server()
    {
        await using var tabs = await LiveTabs.StartAsync(chromium);
        var tab = await tabs.FollowAsync();
        await Wait.UntilAsync(async () => await tabs.CountSubscribersAsync() == 1, "the stream is open");

        await tab.EvaluateAsync("stream.close()");

        await Wait.UntilAsync(async () => await tabs.CountSubscribersAsync() == 0, "the stream is closed");
        var other = await tabs.FollowAsync();
        await tabs.Client.PublishAsync("home", "after it was closed");
        await LiveTabs.AssertSeenAsync(other, "after it was closed");
        Assert.Empty(await tab.EvaluateAsync<string[]>("seen"));
    }

    [Fact]
    public async Task An_update_without_data_is_delivered()
    {
        await using var tabs = await LiveTabs.StartAsync(chromium);
        var tab = await tabs.FollowAsync();
        await tabs.Client.PublishAsync("home", "");
        await tabs.Client.PublishAsync("home", "last");
        await LiveTabs.AssertSeenAsync(tab, "", "last");
    }
}

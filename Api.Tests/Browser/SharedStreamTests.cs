using LiveStreams.Api.Tests.Support;
using Microsoft.Playwright;

namespace LiveStreams.Api.Tests.Browser;

/// <summary>Many tabs of one browser share a stream, since HTTP/1.1 allows six connections to a server.</summary>
public sealed class SharedStreamTests(Chromium chromium)
{
    private const int Tabs = 9;

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task Nine_tabs_share_one_stream_and_see_every_update_once_when_the_connected_tab_is_closed()
    {
        await using var tabs = await LiveTabs.StartAsync(chromium);
        await tabs.RecordSourcesAsync();
        var open = new List<IPage>();
        for (var n = 0; n < Tabs; n++)
        {
            open.Add(await tabs.FollowAsync());
        }

        await Wait.UntilAsync(async () => await tabs.CountSubscribersAsync() == 1, "all tabs share one stream");
        var published = new List<string>();
        var isDone = false;
        var publishing = PublishAsync();

        for (var closed = 1; closed <= 3; closed++)
        {
            await Wait.UntilAsync(() => published.Count >= closed * 20, "some updates are published");
            var connected = await LiveTabs.FindConnectedTabAsync(open);
            open.Remove(connected);
            await connected.CloseAsync();
        }

        var late = await tabs.FollowAsync();
        await Wait.UntilAsync(() => published.Count >= 100, "some more updates are published");
        isDone = true;
        await publishing;

        foreach (var tab in open)
        {
            await LiveTabs.AssertSeenAsync(tab, published);
        }

        // A tab that is opened later sees every update from then on.
        await LiveTabs.WaitForAsync(late, $"seen.at(-1) === '{published[^1]}'");
        var seen = await late.EvaluateAsync<string[]>("seen");
        Assert.Equal(published[^seen.Length..], seen);
        await LiveTabs.FindConnectedTabAsync(open);
        Assert.Equal(1, await tabs.CountSubscribersAsync());

        async Task PublishAsync()
        {
            while (!isDone)
            {
                var data = $"{published.Count + 1}";
                await tabs.Client.PublishAsync("home", data);
                published.Add(data);
                await Wait.PauseAsync();
            }
        }
    }

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task Every_tab_reconnects_after_a_server_restart()
    {
        await using var tabs = await LiveTabs.StartRestartableAsync(chromium);
        var open = new[] { await tabs.FollowAsync(), await tabs.FollowAsync(), await tabs.FollowAsync() };
        await tabs.Client.PublishAsync("home", "1, live");
        await tabs.KillAndRestartServerAsync();
        await tabs.Client.PublishAsync("home", "2, perhaps missed");

        foreach (var tab in open)
        {
            await LiveTabs.AssertSeenAsync(tab, "1, live", "2, perhaps missed");
            await LiveTabs.WaitForStateAsync(tab, "live");
        }
    }

    [Fact]
    public async Task The_other_tab_reconnects_when_a_tab_is_closed_during_an_outage()
    {
        await using var tabs = await LiveTabs.StartAsync(chromium);
        await tabs.RecordSourcesAsync();
        var open = new List<IPage> { await tabs.FollowAsync(), await tabs.FollowAsync() };
        tabs.Proxy.AnswerWith("502 Bad Gateway");
        await LiveTabs.WaitForStateAsync(open[1], "behind");
        await open[0].CloseAsync();
        await tabs.Client.PublishAsync("home", "missed");
        tabs.Proxy.Mend();

        await LiveTabs.AssertSeenAsync(open[1], "missed");
        await LiveTabs.WaitForStateAsync(open[1], "live");
    }

    [Fact]
    public async Task A_tab_restored_from_the_back_forward_cache_sees_what_it_missed()
    {
        await using var tabs = await LiveTabs.StartAsync(chromium);
        var one = await tabs.FollowAsync();
        var other = await tabs.FollowAsync();
        await tabs.Client.PublishAsync("home", "1, live");
        await LiveTabs.AssertSeenAsync(other, "1, live");

        // The event that a page receives when the browser puts it into the back/forward cache.
        await one.EvaluateAsync("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))");
        await tabs.Client.PublishAsync("home", "2, seen by the other");
        await LiveTabs.AssertSeenAsync(other, "1, live", "2, seen by the other");
        Assert.Equal(["1, live"], await one.EvaluateAsync<string[]>("seen"));
        await one.EvaluateAsync("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))");

        await LiveTabs.AssertSeenAsync(one, "1, live", "2, seen by the other");
        await LiveTabs.WaitForStateAsync(one, "live");
        await tabs.Client.PublishAsync("home", "3, live again");
        await LiveTabs.AssertSeenAsync(one, "1, live", "2, seen by the other", "3, live again");
        Assert.Equal(1, await tabs.CountSubscribersAsync());
    }

    [Fact]
    public async Task A_tab_that_lost_a_message_of_the_tab_with_the_connection_reads_it_from_history()
    {
        await using var tabs = await LiveTabs.StartAsync(chromium);
        var one = await tabs.FollowAsync();
        await tabs.Context.AddInitScriptAsync("""
            const real = Object.getOwnPropertyDescriptor(BroadcastChannel.prototype, 'onmessage');
            Object.defineProperty(BroadcastChannel.prototype, 'onmessage', {
              set(take) { real.set.call(this, event => window.isDeaf || take(event)); },
            });
            """);
        var other = await tabs.FollowAsync();
        await other.EvaluateAsync("window.isDeaf = true");
        await tabs.Client.PublishAsync("home", "1");
        await LiveTabs.AssertSeenAsync(one, "1");
        await other.EvaluateAsync("window.isDeaf = false");
        await tabs.Client.PublishAsync("home", "2");

        await LiveTabs.AssertSeenAsync(other, "1", "2");
        Assert.Equal(["live", "behind", "live"], await other.EvaluateAsync<string[]>("states"));
    }

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task A_tab_that_could_not_keep_up_reads_the_dropped_updates_from_history()
    {
        const int Missed = 2500;
        await using var tabs = await LiveTabs.StartAsync(
            chromium,
            [.. ServerProcess.Unthrottled, "--History:MaxUpdates=5000"]);
        var start = await tabs.Client.PublishAsync("home", "0");
        var one = await tabs.FollowAsync();
        var other = await tabs.OpenAsync($$"""
            <script>
              const real = window.fetch;
              let release;
              window.fetch = async (...given) => {
                const response = await real(...given);
                await new Promise(resolve => release = resolve);
                return response;
              };
              const stream = new LiveStreams.LiveStream('{server}/pages/home/events', { lastEventId: '{{start}}' });
              {{LiveTabs.Recording}}
            </script>
            """);
        await LiveTabs.WaitForAsync(other, "!!release");
        for (var n = 1; n <= Missed; n++)
        {
            await tabs.Client.PublishAsync("home", $"{n}");
        }

        var all = Enumerable.Range(1, Missed).Select(n => $"{n}").ToArray();
        await LiveTabs.AssertSeenAsync(one, all);
        await other.EvaluateAsync("window.fetch = real, release()");

        await LiveTabs.AssertSeenAsync(other, all);
        await LiveTabs.WaitForStateAsync(other, "live");
        Assert.Equal(1, await tabs.CountSubscribersAsync());
    }
}

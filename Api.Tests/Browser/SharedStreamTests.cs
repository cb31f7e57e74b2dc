using LiveStreams.Api.Tests.Support;
using Microsoft.Playwright;

namespace LiveStreams.Api.Tests.Browser;

/// <summary>Many tabs of one browser over HTTP/1.1, which lets a browser have six connections to a server and no more.</summary>
public sealed class SharedStreamTests(Chromium chromium)
{
    private const int Tabs = 9;

    [Fact]
    public async Task Nine_tabs_have_one_stream_and_miss_nothing_and_see_nothing_twice_when_its_tab_is_closed()
    {
        await using var tabs = await LiveTabs.StartAsync(chromium);
        await tabs.RecordSourcesAsync();
        var open = new List<IPage>();
        for (var n = 0; n < Tabs; n++)
        {
            open.Add(await tabs.FollowAsync());
        }

        await Wait.UntilAsync(async () => await tabs.CountSubscribersAsync() == 1, "one stream");
        var published = new List<string>();
        var isDone = false;
        var publishing = PublishAsync();

        for (var closed = 1; closed <= 3; closed++)
        {
            await Wait.UntilAsync(() => Task.FromResult(published.Count >= closed * 20), "some updates");
            var holder = await LiveTabs.HolderAsync(open);
            open.Remove(holder);
            await holder.CloseAsync();
        }

        var late = await tabs.FollowAsync();
        await Wait.UntilAsync(() => Task.FromResult(published.Count >= 100), "some updates");
        isDone = true;
        await publishing;

        foreach (var tab in open)
        {
            await LiveTabs.SawAsync(tab, published);
        }

        // One that joins in the middle sees all from there on.
        await LiveTabs.HasAsync(late, $"seen.at(-1) === '{published[^1]}'");
        var seen = await late.EvaluateAsync<string[]>("seen");
        Assert.Equal(published[^seen.Length..], seen);
        await LiveTabs.HolderAsync(open);
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
    public async Task Every_tab_comes_back_when_the_server_does()
    {
        await using var tabs = await LiveTabs.StartRestartableAsync(chromium);
        var open = new[] { await tabs.FollowAsync(), await tabs.FollowAsync(), await tabs.FollowAsync() };
        await tabs.Client.PublishAsync("home", "1, live");
        await tabs.KillAndRestartServerAsync();
        await tabs.Client.PublishAsync("home", "2, perhaps missed");

        foreach (var tab in open)
        {
            await LiveTabs.SawAsync(tab, "1, live", "2, perhaps missed");
            await LiveTabs.IsAsync(tab, "live");
        }
    }

    [Fact]
    public async Task A_tab_that_is_closed_while_the_server_is_away_leaves_the_others_to_come_back()
    {
        await using var tabs = await LiveTabs.StartAsync(chromium);
        await tabs.RecordSourcesAsync();
        var open = new List<IPage> { await tabs.FollowAsync(), await tabs.FollowAsync() };
        tabs.Proxy.AnswerWith("502 Bad Gateway");
        await LiveTabs.IsAsync(open[1], "behind");
        await open[0].CloseAsync();
        await tabs.Client.PublishAsync("home", "missed");
        tabs.Proxy.Mend();

        await LiveTabs.SawAsync(open[1], "missed");
        await LiveTabs.IsAsync(open[1], "live");
    }

    [Fact]
    public async Task A_tab_whose_user_has_gone_on_and_come_back_sees_what_it_missed()
    {
        await using var tabs = await LiveTabs.StartAsync(chromium);
        var one = await tabs.FollowAsync();
        var other = await tabs.FollowAsync();
        await tabs.Client.PublishAsync("home", "1, live");
        await LiveTabs.SawAsync(other, "1, live");

        // What the browser does with a page that it puts into the back/forward cache.
        await one.EvaluateAsync("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))");
        await tabs.Client.PublishAsync("home", "2, seen by the other");
        await LiveTabs.SawAsync(other, "1, live", "2, seen by the other");
        Assert.Equal(["1, live"], await one.EvaluateAsync<string[]>("seen"));
        await one.EvaluateAsync("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))");

        await LiveTabs.SawAsync(one, "1, live", "2, seen by the other");
        await LiveTabs.IsAsync(one, "live");
        await tabs.Client.PublishAsync("home", "3, live again");
        await LiveTabs.SawAsync(one, "1, live", "2, seen by the other", "3, live again");
        Assert.Equal(1, await tabs.CountSubscribersAsync());
    }

    [Fact]
    public async Task A_tab_that_could_not_keep_up_reads_what_it_dropped_from_history()
    {
        const int Missed = 2500;
        await using var tabs = await LiveTabs.StartAsync(chromium, [.. ServerProcess.Unthrottled, "--History:MaxUpdates=5000"]);
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
        await LiveTabs.HasAsync(other, "!!release");
        for (var n = 1; n <= Missed; n++)
        {
            await tabs.Client.PublishAsync("home", $"{n}");
        }

        var all = Enumerable.Range(1, Missed).Select(n => $"{n}").ToArray();
        await LiveTabs.SawAsync(one, all);
        await other.EvaluateAsync("window.fetch = real, release()");

        await LiveTabs.SawAsync(other, all);
        await LiveTabs.IsAsync(other, "live");
        Assert.Equal(1, await tabs.CountSubscribersAsync());
    }

    [Fact]
    public async Task Without_web_locks_every_tab_has_a_stream_of_its_own()
    {
        await using var tabs = await LiveTabs.StartRestartableAsync(chromium);
        await tabs.Context.AddInitScriptAsync("Object.defineProperty(navigator, 'locks', { value: undefined })");
        var one = await tabs.FollowAsync();
        var other = await tabs.FollowAsync();
        await Wait.UntilAsync(async () => await tabs.CountSubscribersAsync() == 2, "two streams");
        await tabs.Client.PublishAsync("home", "1");
        await tabs.KillAndRestartServerAsync();
        await tabs.Client.PublishAsync("home", "2");

        await LiveTabs.SawAsync(one, "1", "2");
        await LiveTabs.SawAsync(other, "1", "2");
    }

    [Fact]
    public async Task Where_locks_are_denied_a_tab_has_a_stream_of_its_own()
    {
        await using var tabs = await LiveTabs.StartAsync(chromium);
        await tabs.Context.AddInitScriptAsync("LockManager.prototype.request = async () => { throw new DOMException('', 'SecurityError'); }");
        var tab = await tabs.FollowAsync();
        await tabs.Client.PublishAsync("home", "1");

        await LiveTabs.SawAsync(tab, "1");
    }
}

using System.Globalization;
using LiveStreams.Api.Tests.Posts;
using LiveStreams.Api.Tests.Support;
using Microsoft.Playwright;

namespace LiveStreams.Api.Tests.Browser;

/// <summary>Many pages in many tabs of Chromium, on one connection.</summary>
public sealed class ManyPagesTests(Chromium chromium)
{
    private const int Tabs = 4;
    private const int Pages = 10;

    private static string[] Names => [.. Enumerable.Range(0, Pages).Select(n => $"page {n}")];

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task Four_tabs_of_ten_pages_share_one_connection_and_lose_and_repeat_nothing_when_its_tab_is_closed()
    {
        await using var tabs = await LiveTabs.StartAsync(chromium, ServerProcess.Unthrottled);
        await tabs.RecordSourcesAsync();
        var open = new List<IPage>();
        for (var n = 0; n < Tabs; n++)
        {
            open.Add(await PagesTab.FollowAsync(tabs, Names));
        }

        await Wait.UntilAsync(() => tabs.Streams == 1, "all tabs share one connection");
        var published = 0;
        var isDone = false;
        var publishing = PublishAsync();
        for (var closed = 1; closed <= 2; closed++)
        {
            await Wait.UntilAsync(() => published >= closed * 30, "some updates are published");
            var connected = await LiveTabs.FindConnectedTabAsync(open);
            open.Remove(connected);
            await connected.CloseAsync();
        }

        await Wait.UntilAsync(() => published >= 120, "some more updates are published");
        isDone = true;
        await publishing;

        var all = Enumerable.Range(0, published).Select(n => n.ToString(CultureInfo.InvariantCulture)).ToArray();
        foreach (var tab in open)
        {
            foreach (var name in Names)
            {
                await PagesTab.AssertSeenAsync(tab, name, all);
            }
        }

        await LiveTabs.FindConnectedTabAsync(open);
        Assert.Equal(1, tabs.Streams);

        async Task PublishAsync()
        {
            for (; !isDone; published++)
            {
                foreach (var name in Names)
                {
                    await tabs.Client.PublishAsync(name, published.ToString(CultureInfo.InvariantCulture));
                }
            }
        }
    }

    [Fact]
    public async Task A_page_that_is_added_later_comes_on_the_same_connection_and_the_others_miss_nothing()
    {
        await using var tabs = await LiveTabs.StartAsync(chromium);
        await tabs.RecordSourcesAsync();
        var one = await PagesTab.FollowAsync(tabs, "a", "b");
        await tabs.Client.PublishAsync("a", "1");
        await tabs.Client.PublishAsync("c", "before");
        var other = await PagesTab.FollowAsync(tabs, "b", "c");
        await tabs.Client.PublishAsync("a", "2");
        await tabs.Client.PublishAsync("b", "1");
        await tabs.Client.PublishAsync("c", "1");

        await PagesTab.AssertSeenAsync(one, "a", "1", "2");
        await PagesTab.AssertSeenAsync(one, "b", "1");
        await PagesTab.AssertSeenAsync(other, "b", "1");
        await PagesTab.AssertSeenAsync(other, "c", "1");
        Assert.Equal(1, tabs.Streams);
        Assert.Equal(["live"], await one.EvaluateAsync<string[]>("states"));

        // Nobody follows a and b any more when d is added.
        await one.CloseAsync();
        await other.EvaluateAsync("stream.close(), stream = record(new LiveStreams.LiveStream(urls(['c', 'd'])))");
        await LiveTabs.WaitForStateAsync(other, "live");
        await tabs.Client.PublishAsync("d", "1");
        await PagesTab.AssertSeenAsync(other, "d", "1");
        Assert.Equal(1, tabs.Streams);
        Assert.Equal((0, 0), (await CountAsync(tabs, "a"), await CountAsync(tabs, "b")));
    }

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task Each_page_resumes_in_every_tab_after_a_server_restart_also_without_locks()
    {
        await using var tabs = await LiveTabs.StartRestartableAsync(chromium);
        var open = new List<IPage>
        {
            await PagesTab.FollowAsync(tabs, "a", "b"),
            await PagesTab.FollowAsync(tabs, "b", "a"),
        };
        await tabs.Context.AddInitScriptAsync("Object.defineProperty(navigator, 'locks', { value: undefined })");
        open.Add(await PagesTab.FollowAsync(tabs, "a", "b"));
        await tabs.Client.PublishAsync("a", "1");
        await PagesTab.AssertSeenAsync(open[2], "a", "1");
        await tabs.KillAndRestartServerAsync();
        await tabs.Client.PublishAsync("a", "2");
        await tabs.Client.PublishAsync("b", "1");

        foreach (var tab in open)
        {
            await PagesTab.AssertSeenAsync(tab, "a", "1", "2");
            await PagesTab.AssertSeenAsync(tab, "b", "1");
            await LiveTabs.WaitForStateAsync(tab, "live");
        }

        await Wait.UntilAsync(async () => await CountAsync(tabs, "a") == 2, "one connection is shared");
    }

    [Fact]
    public async Task Live_page_elements_of_one_document_share_a_connection()
    {
        await using var tabs = await LiveTabs.StartAsync(chromium);
        await tabs.RecordSourcesAsync();
        var tab = await tabs.OpenAsync(string.Concat(
            Names.Select(name => $"<live-page src=\"{{server}}/pages/{name}/events\"></live-page>")));
        await LiveTabs.WaitForAsync(tab, $"document.querySelectorAll('[state=live]').length === {Pages}");
        foreach (var name in Names)
        {
            await tabs.Client.PutPostAsync(name, "post", $"of {name}");
        }

        await LiveTabs.WaitForAsync(
            tab,
            $"[...document.querySelectorAll('live-page')].map(each => each.textContent).join() === "
            + $"'{string.Join(',', Names.Select(name => $"of {name}"))}'");
        Assert.Equal(1, tabs.Streams);
    }

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task More_pages_than_a_stream_may_have_need_another_connection()
    {
        await using var tabs = await LiveTabs.StartAsync(chromium);
        await tabs.RecordSourcesAsync();
        var names = Enumerable.Range(0, 130).Select(n => $"{n}").ToArray();
        var tab = await PagesTab.FollowAsync(tabs, names);
        await tabs.Client.PublishAsync("0", "first");
        await tabs.Client.PublishAsync("129", "last");

        await PagesTab.AssertSeenAsync(tab, "0", "first");
        await PagesTab.AssertSeenAsync(tab, "129", "last");
        Assert.Equal(2, await tab.EvaluateAsync<int>("sources.filter(each => each.isOpen).length"));
    }

    [Fact]
    public async Task A_page_that_may_not_be_read_does_not_disturb_the_others_of_its_server()
    {
        using var tokens = new TestTokens();
        await using var tabs = await LiveTabs.StartAsync(
            chromium,
            ["--Auth:AnonymousPublish=true", "--Auth:PrivatePages=private", .. tokens.Settings]);
        var one = await tabs.OpenAsync($$"""
            <script>
              {{PagesTab.Recording}}
              record(new LiveStreams.LiveStream(urls(['private']), { retry: [10, 20] }));
            </script>
            """);
        var other = await PagesTab.FollowAsync(tabs, "public");
        await tabs.Client.PublishAsync("public", "1");

        await PagesTab.AssertSeenAsync(other, "public", "1");
        Assert.Empty(await one.EvaluateAsync<string[]>("states"));
    }

    [Fact]
    public async Task A_page_that_ends_does_not_end_a_stream_of_several_and_its_next_updates_arrive()
    {
        await using var tabs = await LiveTabs.StartAsync(chromium);
        var tab = await PagesTab.FollowAsync(tabs, "a", "b");
        await tabs.Client.PublishAsync("a", "1");
        await tabs.Client.DeletePageAsync("a");
        await tabs.Client.PublishAsync("a", "2");
        await tabs.Client.PublishAsync("b", "1");

        await PagesTab.AssertSeenAsync(tab, "a", "1", "2");
        await PagesTab.AssertSeenAsync(tab, "b", "1");
        Assert.Equal(
            ["a deleted"],
            await tab.EvaluateAsync<string[]>(
                "details.filter(each => each.type === 'end').map(each => `${each.page} ${each.reason}`)"));
        Assert.Equal("live", await tab.EvaluateAsync<string>("stream.state"));
    }

    private static async Task<int> CountAsync(LiveTabs tabs, string page) =>
        (await tabs.Client.GetJsonAsync($"/pages/{Uri.EscapeDataString(page)}")).GetProperty("subscribers").GetInt32();
}

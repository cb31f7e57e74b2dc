using System.Text.Json;
using LiveStreams.Api.Tests.Posts;
using LiveStreams.Api.Tests.Support;
using Microsoft.Playwright;

namespace LiveStreams.Api.Tests.Browser;

/// <summary>Posts in a list in Chromium, sent by a real server.</summary>
public sealed class LivePostsTests(Chromium chromium)
{
    private const string Page = $$"""
        <ol id="posts"></ol>
        <script>
          const options = { retry: [100, 1000], events: ['draft'] };
          const stream = new LiveStreams.LiveStream('{server}/pages/home/events', options);
          const posts = new LiveStreams.LivePosts(document.querySelector('#posts')).follow(stream);
          {{LiveTabs.Recording}}
        </script>
        """;

    private const string Top = "read.getBoundingClientRect().top";
    private static readonly TimeSpan _outage = TimeSpan.FromSeconds(5);

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task Two_tabs_show_every_change_in_order_through_a_server_kill_and_a_network_outage()
    {
        await using var tabs = await LiveTabs.StartRestartableAsync(chromium);
        IPage[] both = [await tabs.OpenAsync(Page), await tabs.OpenAsync(Page)];
        await LiveTabs.WaitForStateAsync(both[0], "live");
        await LiveTabs.WaitForStateAsync(both[1], "live");
        var published = new List<string>();

        await PublishAsync(("first", true, "<p>First.</p>"));
        await PublishAsync(("second", true, "<p>Second.</p>"));
        await PublishAsync(("first", true, "<p>First, corrected.</p>"));
        await PublishAsync(("hidden", false, "<p>Not yet.</p>"));
        await AssertShownAsync("hidden|Not yet.|hidden", "second|Second.", "first|First, corrected.");

        await tabs.KillAndRestartServerAsync();
        await PublishAsync(("hidden", true, "<p>Now.</p>"));
        await PublishUpdateAsync([("third", true, "<p>Third.</p>")], "second");
        await AssertShownAsync("third|Third.", "hidden|Now.", "first|First, corrected.");

        tabs.Proxy.Cut();
        var start = TimeProvider.System.GetTimestamp();
        await LiveTabs.WaitForStateAsync(both[0], "behind");
        await LiveTabs.WaitForStateAsync(both[1], "behind");
        await PublishAsync(("fourth", true, "<p>Fourth.</p>"));
        await PublishUpdateAsync([], "third", "first");
        await Wait.UntilAsync(
            () => TimeProvider.System.GetElapsedTime(start) > _outage,
            "the network has been down for five seconds");
        tabs.Proxy.Mend();
        await AssertShownAsync("fourth|Fourth.", "hidden|Now.");

        Task PublishAsync(params (string Id, bool Show, string Content)[] renders) => PublishUpdateAsync(renders);

        async Task PublishUpdateAsync((string Id, bool Show, string Content)[] renders, params string[] removals)
        {
            var update = Update(renders, removals);
            published.Add(update);
            await tabs.Client.ChangePostsAsync("home", update);
        }

        // Waits until every tab has seen each update once, and asserts what it shows then.
        async Task AssertShownAsync(params string[] items)
        {
            foreach (var tab in both)
            {
                await LiveTabs.AssertSeenAsync(tab, published);
                Assert.Equal(items, await ReadItemsAsync(tab));
                await LiveTabs.WaitForStateAsync(tab, "live");
            }
        }
    }

    [Fact]
    public async Task The_post_being_read_does_not_move_when_posts_above_it_change()
    {
        await using var tabs = await LiveTabs.StartAsync(chromium);
        foreach (var anchoring in new[] { "auto", "none" })
        {
            // A browser without scroll anchoring, such as Safari, would move the post being read.
            var tab = await tabs.OpenAsync(
                $"<style>html {{ overflow-anchor: {anchoring} }} li {{ height: 300px }}</style>{Page}");
            await LiveTabs.WaitForStateAsync(tab, "live");
            await tabs.Client.ChangePostsAsync(
                "home",
                Update([.. Enumerable.Range(1, 20).Select(n => ($"{anchoring}{n}", true, $"{n}"))]));
            await LiveTabs.WaitForAsync(tab, "document.querySelectorAll('li').length === 20");
            await tab.EvaluateAsync("scrollTo(0, 1000); read = posts.list.children[5]");
            var top = await tab.EvaluateAsync<double>(Top);

            (string Id, bool Show, string Content)[] renders =
                [($"{anchoring} new", true, "new"), ($"{anchoring}20", true, "edited")];
            await tabs.Client.ChangePostsAsync("home", Update(renders, $"{anchoring}19"));

            await LiveTabs.WaitForAsync(tab, "posts.list.children[0].innerText === 'new'");
            await tab.EvaluateAsync(
                "new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)))");
            Assert.Equal(top, await tab.EvaluateAsync<double>(Top), 1.0);
            await tab.EvaluateAsync("scrollTo(0, 0)");
            await tabs.Client.ChangePostsAsync("home", Update([($"{anchoring} newest", true, "newest")]));
            await LiveTabs.WaitForAsync(tab, "posts.list.children[0].innerText === 'newest'");
            Assert.Equal(0, await tab.EvaluateAsync<double>("scrollY"));
            await tab.CloseAsync();
        }
    }

    [Fact]
    public async Task Posts_that_the_web_server_rendered_are_changed_in_place()
    {
        await using var tabs = await LiveTabs.StartAsync(chromium);
        var position = await tabs.Client.PublishAsync("home", "when the page was rendered");
        await tabs.Client.ChangePostsAsync(
            "home", Update([("b", true, "<article data-post-id=\"b\">B, corrected</article>")], "c"));
        var tab = await tabs.OpenAsync($$"""
            <live-page src="{server}/pages/home/events" last-event-id="{{position}}" html>
              <section><article data-post-id="a">A</article></section>
              <section><article data-post-id="b">B</article></section>
              <section><article data-post-id="c">C</article></section>
              <p>The end</p>
            </live-page>
            """);

        await Assertions.Expect(tab.Locator("live-page")).ToHaveAttributeAsync("state", "live");
        await Assertions.Expect(tab.Locator("live-page > *")).ToHaveTextAsync(["A", "B, corrected", "The end"]);
        await tabs.Client.ChangePostsAsync("home", Update([("d", true, "<b>D</b>")], "a"));

        await Assertions.Expect(tab.Locator("live-page > *")).ToHaveTextAsync(["D", "B, corrected", "The end"]);
        await Assertions.Expect(tab.Locator("live-page b")).ToHaveTextAsync("D");
        await Assertions.Expect(tab.Locator("live-page")).ToHaveAttributeAsync("aria-live", "polite");
    }

    [Fact]
    public async Task Updates_that_are_not_posts_change_nothing()
    {
        await using var tabs = await LiveTabs.StartAsync(chromium);
        var tab = await tabs.OpenAsync(Page);
        await LiveTabs.WaitForStateAsync(tab, "live");
        string[] others =
        [
            "text",
            "{ no JSON",
            """{"home":1}""",
            "[1]",
            "null",
            "7",
            """{"renders":{},"removals":["unknown"]}""",
        ];
        foreach (var data in others)
        {
            await tabs.Client.PublishAsync("home", data);
        }

        await tabs.Client.PublishAsync("home", Update([("b", true, "A draft")]), query: "?event=draft");
        await tabs.Client.ChangePostsAsync("home", Update([("a", true, "A post")]));

        await LiveTabs.WaitForAsync(tab, "posts.list.children.length === 1");
        Assert.Equal(others.Length + 2, await tab.EvaluateAsync<int>("seen.length"));
    }

    private static Task<string[]> ReadItemsAsync(IPage tab) => tab.EvaluateAsync<string[]>("""
        [...posts.list.children].map(item =>
          item.dataset.postId + '|' + item.textContent + (item.style.display === 'none' ? '|hidden' : ''))
        """);

    private static string Update((string Id, bool Show, string Content)[] renders, params string[] removals) =>
        JsonSerializer.Serialize(new
        {
            renders = renders.ToDictionary(post => post.Id, post => new { show = post.Show, content = post.Content }),
            removals,
        });
}

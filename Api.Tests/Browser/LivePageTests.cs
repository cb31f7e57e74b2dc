using LiveStreams.Api.Tests.Posts;
using LiveStreams.Api.Tests.Support;
using Microsoft.Playwright;

namespace LiveStreams.Api.Tests.Browser;

/// <summary><c>&lt;live-page&gt;</c> starts with the current posts, stays current, is reset and ends.</summary>
public sealed class LivePageTests(Chromium chromium)
{
    private const string Page = "<live-page src=\"{server}/pages/home/events\"></live-page>";

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task A_live_page_shows_the_current_posts_in_every_tab_also_after_the_store_lost_its_data()
    {
        await using var tabs = await LiveTabs.StartRestartableAsync(chromium, "--Store=memory");
        await tabs.Client.PutPostAsync("home", "a", "<p>A</p>");
        await tabs.Client.PutPostAsync("home", "b", "<p>B</p>");
        await tabs.Client.PutPostAsync("home", "hidden", "<p>Hidden</p>", "?show=false");
        var one = await tabs.OpenAsync(Page);
        await WaitForPostsAsync(one, "hidden", "b", "a");
        await tabs.Client.PutPostAsync("home", "c", "<p>C</p>");
        var other = await tabs.OpenAsync(Page);
        await tabs.Client.DeletePostAsync("home", "a");
        await WaitForPostsAsync(one, "c", "hidden", "b");
        await WaitForPostsAsync(other, "c", "hidden", "b");
        await Assertions.Expect(one.Locator("[data-post-id=hidden]")).ToBeHiddenAsync();
        await WaitForStateAsync(one, "live");
        await WaitForStateAsync(other, "live");
        Assert.Equal(1, await tabs.CountSubscribersAsync());

        tabs.Proxy.Cut();
        await tabs.KillAndRestartServerAsync();
        await tabs.Client.PutPostAsync("home", "b", "<p>B, corrected</p>");
        tabs.Proxy.Mend();
        await WaitForPostsAsync(one, "b");
        await WaitForPostsAsync(other, "b");
        await tabs.Client.PutPostAsync("home", "d", "<p>D</p>");
        foreach (var tab in new[] { one, other })
        {
            await WaitForPostsAsync(tab, "d", "b");
            await Assertions.Expect(tab.Locator("[data-post-id=b]")).ToHaveTextAsync("B, corrected");
            await WaitForStateAsync(tab, "live");
        }
    }

    [Fact]
    public async Task A_deleted_page_ends_in_every_tab()
    {
        await using var tabs = await LiveTabs.StartAsync(chromium);
        var (one, other) = await OpenTwoAsync(tabs);

        await tabs.Client.DeletePageAsync("home");
        await WaitForStateAsync(one, "ended");
        await WaitForStateAsync(other, "ended");

        // The old tabs keep what they show and do not reconnect, although the page has a post again.
        await tabs.Client.PutPostAsync("home", "b", "<p>B</p>");
        var next = await tabs.OpenAsync(Page);
        await WaitForPostsAsync(next, "b");
        await WaitForStateAsync(next, "live");
        await WaitForPostsAsync(one, "a");
        Assert.Equal(1, await tabs.CountSubscribersAsync());
    }

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task A_deleted_page_also_ends_in_tabs_that_were_offline_and_in_tabs_opened_later()
    {
        await using var tabs = await LiveTabs.StartAsync(chromium);
        var (one, other) = await OpenTwoAsync(tabs);

        tabs.Proxy.AnswerWith("502 Bad Gateway");
        await WaitForStateAsync(one, "behind");
        await tabs.Client.DeletePageAsync("home");
        tabs.Proxy.Mend();

        await WaitForStateAsync(one, "ended");
        await WaitForStateAsync(other, "ended");
        await WaitForStateAsync(await tabs.OpenAsync(Page), "ended");
        var withoutSnapshot = Page.Replace("></", " no-snapshot></", StringComparison.Ordinal);
        await WaitForStateAsync(await tabs.OpenAsync(withoutSnapshot), "ended");
    }

    private static Task WaitForStateAsync(IPage tab, string state) =>
        LiveTabs.WaitForAsync(tab, $"document.querySelector('live-page').getAttribute('state') === '{state}'");

    // Opens two tabs of a page with one post.
    private static async Task<(IPage One, IPage Other)> OpenTwoAsync(LiveTabs tabs)
    {
        await tabs.Client.PutPostAsync("home", "a", "<p>A</p>");
        var (one, other) = (await tabs.OpenAsync(Page), await tabs.OpenAsync(Page));
        await WaitForStateAsync(one, "live");
        await WaitForStateAsync(other, "live");
        return (one, other);
    }

    private static Task WaitForPostsAsync(IPage tab, params string[] posts) => LiveTabs.WaitForAsync(
        tab,
        "[...document.querySelector('live-page').children].map(item => item.dataset.postId).join()"
        + $" === '{string.Join(',', posts)}'");
}

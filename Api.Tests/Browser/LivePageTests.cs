using LiveStreams.Api.Tests.Posts;
using LiveStreams.Api.Tests.Support;
using Microsoft.Playwright;

namespace LiveStreams.Api.Tests.Browser;

/// <summary><c>&lt;live-page&gt;</c>: begins with the posts as they stand, goes on, is reset to another snapshot, and ends.</summary>
public sealed class LivePageTests(Chromium chromium)
{
    private const string Page = "<live-page src=\"{server}/pages/home/events\"></live-page>";

    [Fact]
    public async Task It_begins_with_the_posts_as_they_stand_and_goes_on_in_every_tab_also_when_the_store_begins_anew()
    {
        await using var tabs = await LiveTabs.StartRestartableAsync(chromium, "--Store=memory");
        await tabs.Client.PutPostAsync("home", "a", "<p>A</p>");
        await tabs.Client.PutPostAsync("home", "b", "<p>B</p>");
        await tabs.Client.PutPostAsync("home", "hidden", "<p>Hidden</p>", "?show=false");
        var one = await tabs.OpenAsync(Page);
        await ShowsAsync(one, "hidden", "b", "a");
        await tabs.Client.PutPostAsync("home", "c", "<p>C</p>");
        var other = await tabs.OpenAsync(Page);
        await tabs.Client.DeletePostAsync("home", "a");
        await ShowsAsync(one, "c", "hidden", "b");
        await ShowsAsync(other, "c", "hidden", "b");
        await Assertions.Expect(one.Locator("[data-post-id=hidden]")).ToBeHiddenAsync();
        await IsAsync(one, "live");
        await IsAsync(other, "live");
        Assert.Equal(1, await tabs.CountSubscribersAsync());

        tabs.Proxy.Cut();
        await tabs.KillAndRestartServerAsync();
        await tabs.Client.PutPostAsync("home", "b", "<p>B, anew</p>");
        tabs.Proxy.Mend();
        await ShowsAsync(one, "b");
        await ShowsAsync(other, "b");
        await tabs.Client.PutPostAsync("home", "d", "<p>D</p>");
        foreach (var tab in new[] { one, other })
        {
            await ShowsAsync(tab, "d", "b");
            await Assertions.Expect(tab.Locator("[data-post-id=b]")).ToHaveTextAsync("B, anew");
            await IsAsync(tab, "live");
        }
    }

    [Fact]
    public async Task The_end_of_a_page_is_the_end_in_every_tab()
    {
        await using var tabs = await LiveTabs.StartAsync(chromium);
        var (one, other) = await OpenTwoAsync(tabs);

        await tabs.Client.EndAsync("home");
        await IsAsync(one, "ended");
        await IsAsync(other, "ended");

        // What is shown stays, and nobody comes back, though there is something again.
        await tabs.Client.PutPostAsync("home", "b", "<p>B</p>");
        var next = await tabs.OpenAsync(Page);
        await ShowsAsync(next, "b");
        await IsAsync(next, "live");
        await ShowsAsync(one, "a");
        Assert.Equal(1, await tabs.CountSubscribersAsync());
    }

    [Fact]
    public async Task Tabs_that_were_away_when_the_page_was_deleted_and_those_that_come_later_hear_of_it()
    {
        await using var tabs = await LiveTabs.StartAsync(chromium);
        var (one, other) = await OpenTwoAsync(tabs);

        tabs.Proxy.AnswerWith("502 Bad Gateway");
        await IsAsync(one, "behind");
        await tabs.Client.EndAsync("home");
        tabs.Proxy.Mend();

        await IsAsync(one, "ended");
        await IsAsync(other, "ended");
        await IsAsync(await tabs.OpenAsync(Page), "ended");
        await IsAsync(await tabs.OpenAsync(Page.Replace("></", " no-snapshot></", StringComparison.Ordinal)), "ended");
    }

    private static Task IsAsync(IPage tab, string state) => LiveTabs.HasAsync(tab, $"document.querySelector('live-page').getAttribute('state') === '{state}'");

    // With one post.
    private static async Task<(IPage One, IPage Other)> OpenTwoAsync(LiveTabs tabs)
    {
        await tabs.Client.PutPostAsync("home", "a", "<p>A</p>");
        var (one, other) = (await tabs.OpenAsync(Page), await tabs.OpenAsync(Page));
        await IsAsync(one, "live");
        await IsAsync(other, "live");
        return (one, other);
    }

    private static Task ShowsAsync(IPage tab, params string[] posts) => LiveTabs.HasAsync(
        tab, $"[...document.querySelector('live-page').children].map(item => item.dataset.postId).join() === '{string.Join(',', posts)}'");
}

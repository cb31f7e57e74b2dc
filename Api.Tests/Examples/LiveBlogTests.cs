using LiveStreams.Api.Tests.Posts;
using LiveStreams.Api.Tests.Support;
using Microsoft.Playwright;

namespace LiveStreams.Api.Tests.Examples;

/// <summary><c>examples/live-blog</c> in Chromium, published to with the commands of <c>examples/README.md</c>.</summary>
public sealed class LiveBlogTests(Chromium chromium)
{
    [Fact]
    public async Task The_live_blog_shows_what_is_published_with_curl_and_goes_on_after_a_kill()
    {
        await using var site = await ExampleSite.StartAsync(chromium, "live-blog");
        var commands = await Commands.OfAsync("Live blog");
        Assert.Equal(4, commands.Length);
        var tab = await site.OpenAsync();
        await Assertions.Expect(tab.Locator("live-page")).ToHaveAttributeAsync("state", "live");

        await PublishAsync(commands[0]);
        await ShowsAsync(tab, "Kick-off!");
        await PublishAsync(commands[1]);
        await ShowsAsync(tab, "1:0 by Okafor.", "Kick-off!");
        await site.KillAndRestartServerAsync();
        await PublishAsync(commands[2]);
        await ShowsAsync(tab, "1:0 by Okoye.", "Kick-off!");
        await PublishAsync(commands[3]);
        await ShowsAsync(tab, "1:0 by Okoye.");
        await Assertions.Expect(tab.Locator("live-page b")).ToHaveTextAsync("Okoye");

        var newcomer = await site.OpenAsync();
        await ShowsAsync(newcomer, "1:0 by Okoye.");

        Task PublishAsync(string command) => Commands.RunAsync(command, "localhost:8080", site.Server);
    }

    [Fact]
    public async Task A_script_in_a_post_does_not_run()
    {
        await using var site = await ExampleSite.StartAsync(chromium, "live-blog");
        using var client = new ApiClient(site.Server);
        var tab = await site.OpenAsync();
        await tab.EvaluateAsync(
            "refused = []; document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => { refused.push(effectiveDirective); })");

        await client.PutPostAsync("final", "bad", "<img src=x onerror=\"document.title = 'ran'\">");

        await Wait.UntilAsync(() => tab.EvaluateAsync<bool>("refused.includes('script-src-attr')"), "the handler is refused");
        Assert.Equal("Cup final, live", await tab.TitleAsync());
    }

    private static Task ShowsAsync(IPage tab, params string[] posts) => Assertions.Expect(tab.Locator("live-page > *")).ToHaveTextAsync(posts);
}

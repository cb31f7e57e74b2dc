using LiveStreams.Api.Tests.Posts;
using LiveStreams.Api.Tests.Support;
using Microsoft.Playwright;

namespace LiveStreams.Api.Tests.Examples;

/// <summary><c>examples/live-blog</c> in Chromium, with the commands of <c>examples/README.md</c>.</summary>
public sealed class LiveBlogTests(Chromium chromium)
{
    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task The_live_blog_shows_what_curl_publishes_and_continues_after_a_server_kill()
    {
        await using var site = await ExampleSite.StartAsync(chromium, "live-blog");
        var commands = await ExampleCommands.ReadAsync("Live blog");
        Assert.Equal(4, commands.Length);
        var tab = await site.OpenAsync();
        await Assertions.Expect(tab.Locator("live-page")).ToHaveAttributeAsync("state", "live");

        await PublishAsync(commands[0]);
        await WaitForPostsAsync(tab, "Kick-off!");
        await PublishAsync(commands[1]);
        await WaitForPostsAsync(tab, "1:0 by Okafor.", "Kick-off!");
        await site.KillAndRestartServerAsync();
        await PublishAsync(commands[2]);
        await WaitForPostsAsync(tab, "1:0 by Okoye.", "Kick-off!");
        await PublishAsync(commands[3]);
        await WaitForPostsAsync(tab, "1:0 by Okoye.");
        await Assertions.Expect(tab.Locator("live-page b")).ToHaveTextAsync("Okoye");

        var newSubscriber = await site.OpenAsync();
        await WaitForPostsAsync(newSubscriber, "1:0 by Okoye.");

        Task PublishAsync(string command) => ExampleCommands.RunAsync(command, "localhost:8080", site.Server);
    }

    [Fact]
    public async Task A_script_in_a_post_does_not_run()
    {
        await using var site = await ExampleSite.StartAsync(chromium, "live-blog");
        using var client = new ApiClient(site.Server);
        var tab = await site.OpenAsync();
        await tab.EvaluateAsync("""
            blocked = [];
            document.addEventListener('securitypolicyviolation', event => { blocked.push(event.effectiveDirective); });
            null
            """);

        await client.PutPostAsync("final", "bad", "<img src=x onerror=\"document.title = 'ran'\">");

        await Wait.UntilAsync(
            () => tab.EvaluateAsync<bool>("blocked.includes('script-src-attr')"),
            "the content security policy blocks the handler");
        Assert.Equal("Cup final, live", await tab.TitleAsync());
    }

    private static Task WaitForPostsAsync(IPage tab, params string[] posts) =>
        Assertions.Expect(tab.Locator("live-page > *")).ToHaveTextAsync(posts);
}

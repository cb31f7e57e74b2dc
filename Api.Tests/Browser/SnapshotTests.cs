using LiveStreams.Api.Tests.Support;
using Microsoft.Playwright;

namespace LiveStreams.Api.Tests.Browser;

/// <summary>A live page that begins with a snapshot, is reset to another, and ends.</summary>
public sealed class SnapshotTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const string Opening = "id: aaaaaaaaaaaa-2\n\n";

    private const string News = """
        id: aaaaaaaaaaaa-3
        data: {"renders":{"c":{"show":true,"content":"<p>C</p>"}},"removals":["a"]}


        """;

    private const string Reset = """
        id: bbbbbbbbbbbb-7
        event: reset
        data: {"reason":"epoch","from":"bbbbbbbbbbbb-7"}

        id: bbbbbbbbbbbb-7
        event: snapshot
        data: {"id":"bbbbbbbbbbbb-7","posts":[{"id":"e","show":true,"content":"E"},{"id":"b","show":true,"content":"B, anew"}]}

        id: bbbbbbbbbbbb-8
        data: {"renders":{"f":{"show":false,"content":"F"}},"removals":[]}


        """;

    private const string End = """
        event: end
        data: {"reason":"deleted"}


        """;

    [Fact]
    public async Task A_live_page_begins_with_the_posts_as_they_stand_and_goes_on_in_every_tab()
    {
        await using var tabs = await LiveTabs.StartAsync(chromium);
        await using var server = await PlayedServer.StartAsync(Opening + News, Reset);
        server.Posts = Posts("aaaaaaaaaaaa-2", "b", "a");
        var one = await OpenAsync(tabs, server);
        await ShowsAsync(one, "c", "b");

        server.Posts = Posts("aaaaaaaaaaaa-3", "c", "b");
        var other = await OpenAsync(tabs, server);
        await ShowsAsync(other, "c", "b");
        Assert.Equal(["posts", "events?snapshot=true&lastEventId=aaaaaaaaaaaa-2", "posts"], server.Requests);

        server.Cut();
        foreach (var tab in new[] { one, other })
        {
            await ShowsAsync(tab, "f", "e", "b");
            await Assertions.Expect(tab.Locator("live-page > :first-child")).ToBeHiddenAsync();
            await Assertions.Expect(tab.Locator("live-page")).ToHaveAttributeAsync("state", "live");
        }

        // The browser came back by itself, with the position it held.
        Assert.Equal("events?snapshot=true&lastEventId=aaaaaaaaaaaa-2 aaaaaaaaaaaa-3", server.Requests.Last());
        Assert.Equal(4, server.Requests.Count);
    }

    [Fact]
    public async Task The_end_of_a_page_is_the_end_in_every_tab()
    {
        await using var tabs = await LiveTabs.StartAsync(chromium);
        await using var server = await PlayedServer.StartAsync(Opening, End, Opening);
        server.Posts = Posts("aaaaaaaaaaaa-2", "a");
        var one = await OpenAsync(tabs, server);
        var other = await OpenAsync(tabs, server);
        await ShowsAsync(one, "a");
        await ShowsAsync(other, "a");

        server.Cut();
        await Assertions.Expect(one.Locator("live-page")).ToHaveAttributeAsync("state", "ended");
        await Assertions.Expect(other.Locator("live-page")).ToHaveAttributeAsync("state", "ended");
        server.Cut();
        await one.EvaluateAsync("dispatchEvent(new Event('online'))");
        await ShowsAsync(one, "a");
        Assert.Equal(2, server.Requests.Count(request => request.StartsWith("events", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_tab_that_was_away_when_the_page_was_deleted_hears_of_it_from_the_204()
    {
        await using var tabs = await LiveTabs.StartAsync(chromium);
        await using var server = await PlayedServer.StartAsync(Opening);
        server.Posts = Posts("aaaaaaaaaaaa-2", "a");
        var one = await OpenAsync(tabs, server);
        var other = await OpenAsync(tabs, server);
        await Assertions.Expect(one.Locator("live-page")).ToHaveAttributeAsync("state", "live");

        server.Cut();

        await Assertions.Expect(one.Locator("live-page")).ToHaveAttributeAsync("state", "ended");
        await Assertions.Expect(other.Locator("live-page")).ToHaveAttributeAsync("state", "ended");
    }

    private static Task<IPage> OpenAsync(LiveTabs tabs, PlayedServer server) => tabs.OpenAsync($"<live-page src=\"{server.Events}\"></live-page>");

    private static Task ShowsAsync(IPage tab, params string[] posts) => LiveTabs.HasAsync(
        tab, $"[...document.querySelector('live-page').children].map(item => item.dataset.postId).join() === '{string.Join(',', posts)}'");

    private static string Posts(string id, params string[] posts) =>
        $$"""{"page":"home","id":"{{id}}","posts":[{{string.Join(',', posts.Select(post => $$"""{"id":"{{post}}","show":true,"content":"{{post}}"}"""))}}]}""";
}

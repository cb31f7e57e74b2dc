using LiveStreams.Api.Tests.Posts;
using LiveStreams.Api.Tests.Redis;
using LiveStreams.Api.Tests.Security;
using LiveStreams.Api.Tests.Support;
using Microsoft.Playwright;

namespace LiveStreams.Api.Tests.Wagtail;

/// <summary>What Wagtail Live publishes changes a page as its own script would, published by POST or through Redis.</summary>
public sealed class WagtailTests(Chromium chromium) : IClassFixture<Chromium>
{
    /// <summary>The posts that are on the page already: <c>kick-off</c> shown, <c>line-up</c> hidden.</summary>
    private static readonly PostsChange _before = new([("line-up", false, "<p>Line-up</p>"), ("kick-off", true, "<p>Kick-off</p>")]);

    private const string Before = """
        <div class="live-post-wrapper">
        <div class="live-post" data-post-id="kick-off">
        <div class="live-post-content"><p>Kick-off</p></div></div></div>
        <div class="live-post-wrapper" style="display: none;">
        <div class="live-post" data-post-id="line-up">
        <div class="live-post-content"><p>Line-up</p></div></div></div>
        """;

    private static readonly (PostsChange Change, string[] Shown)[] _game =
    [
        (new([("goal-1", true, "<p>1:0</p>"), ("card", true, "<p>Yellow &amp; <b>fair</b></p>")]), ["card", "goal-1", "kick-off", "(line-up)"]),
        (new([("kick-off", true, "<p>Kick-off, at <i>last</i></p>")]), ["card", "goal-1", "kick-off", "(line-up)"]),
        (new([("goal-1", false, "<p>1:0</p>")]), ["card", "(goal-1)", "kick-off", "(line-up)"]),
        (new([("draft", false, "<p>Not yet</p>"), ("line-up", true, "<p>Line-up</p>")]), ["(draft)", "card", "(goal-1)", "kick-off", "line-up"]),
        (new([], "card", "nobody-knows-it"), ["(draft)", "(goal-1)", "kick-off", "line-up"]),
        (new([], []), ["(draft)", "(goal-1)", "kick-off", "line-up"]),
        (new([("passing", true, "<p>Came and went</p>"), ("goal-1", true, "<p>1:0, it counts</p>")], "passing", "kick-off"), ["(draft)", "goal-1", "line-up"]),
        (new([("10", true, "<p>Ten</p>"), ("9", true, "<p>Nine &lt;3 \u2713</p>")]), ["10", "9", "(draft)", "goal-1", "line-up"]),
    ];

    [Fact]
    public async Task Its_updates_by_POST_change_the_page_as_its_own_script_would_and_a_newcomer_sees_the_same()
    {
        await using var pages = await PageServer.StartAsync();
        using var tokens = new TestTokens();
        var token = tokens.Hmac();
        using var api = await ServerProcess.StartAsync($"--Cors:Origins={pages.Origin}", $"--Auth:Keys:0:Secret={tokens.Secret}");
        await using var site = await WagtailSite.StartAsync(chromium, pages, api.Address);
        await PublishAsync(_before);

        var (example, own) = await PlayAsync(site, PublishAsync);

        await OwnJsonAsync(api.Address, token, """{"renders": {}, "removals": []}""", """{"renders": [], "removals": []}""");
        var newcomer = await site.OpenNewcomerAsync();
        await SameAsync(own, example, _game[^1].Shown);
        await SameAsync(own, newcomer, _game[^1].Shown);

        Task PublishAsync(PostsChange change) => WagtailSite.PublishAsync("post", api.Address.GetLeftPart(UriPartial.Authority), change, token);
    }

    [Fact]
    public async Task Its_messages_in_Redis_change_the_page_as_its_own_script_would()
    {
        await using var pages = await PageServer.StartAsync();
        await using var nodes = await RedisNodes.StartAsync(1, settings: [$"--Cors:Origins={pages.Origin}", "--Redis:ForeignChannels=group_{page}"]);
        await using var site = await WagtailSite.StartAsync(chromium, pages, nodes.Servers[0].Address);

        await PlayAsync(site, change => WagtailSite.PublishAsync("redis", $"{nodes.Redis.Port}", change));
    }

    private static async Task<(IPage Example, IPage Own)> PlayAsync(WagtailSite site, Func<PostsChange, Task> publishAsync)
    {
        var (example, own) = (await site.OpenExampleAsync(Before), await site.OpenOwnAsync(Before));
        foreach (var (change, shown) in _game)
        {
            await publishAsync(change);
            await SameAsync(own, example, shown);
        }

        return (example, own);
    }

    // The data that the tests of its publishers send.
    private static async Task OwnJsonAsync(Uri server, string token, params string[] updates)
    {
        using var client = new ApiClient(server);
        foreach (var update in updates)
        {
            using var response = await client.SendAsync(HttpMethod.Post, "/pages/final/updates", update, "application/json", ("Authorization", $"Bearer {token}"));
            Assert.Equal(201, (int)response.StatusCode);
        }
    }

    // First what its own script has made of it, so that what is expected is what it does; then that the other has the same elements.
    private static async Task SameAsync(IPage own, IPage other, string[] shown)
    {
        const string Elements = """
            [...document.querySelectorAll('#live-posts > *')].map(wrapper =>
              [wrapper.className, getComputedStyle(wrapper).display, wrapper.innerHTML.trim()].join('\n'))
            """;
        await ShowsAsync(own, shown);
        await ShowsAsync(other, shown);
        Assert.Equal(await own.EvaluateAsync<string[]>(Elements), await other.EvaluateAsync<string[]>(Elements));
    }

    private static Task ShowsAsync(IPage tab, string[] shown) => Wait.UntilAsync(
        async () => Enumerable.SequenceEqual(shown, await tab.EvaluateAsync<string[]>("""
            [...document.querySelectorAll('#live-posts > *')].map(wrapper => {
              const id = wrapper.querySelector('[data-post-id]').dataset.postId;
              return getComputedStyle(wrapper).display === 'none' ? `(${id})` : id;
            })
            """)),
        string.Join(", ", shown));
}

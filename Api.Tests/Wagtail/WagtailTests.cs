using LiveStreams.Api.Tests.Posts;
using LiveStreams.Api.Tests.Redis;
using LiveStreams.Api.Tests.Support;
using Microsoft.Playwright;

namespace LiveStreams.Api.Tests.Wagtail;

/// <summary>Changes in Wagtail Live's JSON, by POST or through Redis, change a page as docs/wagtail.md says.</summary>
public sealed class WagtailTests(Chromium chromium)
{
    /// <summary>The posts that are on the page from the start: <c>kick-off</c> shown, <c>line-up</c> hidden.</summary>
    private static readonly PostsChange _before =
        new([("line-up", false, "<p>Line-up</p>"), ("kick-off", true, "<p>Kick-off</p>")]);

    private const string Before = """
        <section><article data-post-id="kick-off"><p>Kick-off</p></article></section>
        <section style="display: none"><article data-post-id="line-up"><p>Line-up</p></article></section>
        """;

    private static readonly (PostsChange Change, string[] Shown)[] _changes =
    [
        (new([("goal-1", true, "<p>1:0</p>"), ("card", true, "<p>Yellow &amp; <b>fair</b></p>")]),
            ["card", "goal-1", "kick-off", "(line-up)"]),
        (new([("kick-off", true, "<p>Kick-off, at <i>last</i></p>")]),
            ["card", "goal-1", "kick-off", "(line-up)"]),
        (new([("goal-1", false, "<p>1:0</p>")]),
            ["card", "(goal-1)", "kick-off", "(line-up)"]),
        (new([("draft", false, "<p>Not yet</p>"), ("line-up", true, "<p>Line-up</p>")]),
            ["(draft)", "card", "(goal-1)", "kick-off", "line-up"]),
        (new([], "card", "nobody-knows-it"),
            ["(draft)", "(goal-1)", "kick-off", "line-up"]),
        (new([], []),
            ["(draft)", "(goal-1)", "kick-off", "line-up"]),
        (new(
            [("passing", true, "<p>Came and went</p>"), ("goal-1", true, "<p>1:0, it counts</p>")],
            "passing",
            "kick-off"),
            ["(draft)", "goal-1", "line-up"]),
        (new([("10", true, "<p>Ten</p>"), ("9", true, "<p>Nine &lt;3 \u2713</p>")]),
            ["10", "9", "(draft)", "goal-1", "line-up"]),
    ];

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task Changes_by_POST_render_as_in_the_reference_renderer_and_a_new_visitor_sees_the_same()
    {
        await using var pages = await PageServer.StartAsync();
        using var tokens = new TestTokens();
        var token = tokens.Hmac();
        await using var api = await InProcessApi.StartAsync(
            $"--Cors:Origins={pages.Origin}", $"--Auth:Keys:0:Secret={tokens.Secret}");
        await using var site = await WagtailSite.StartAsync(chromium, pages, api.Address);
        await PublishAsync(_before);

        var (example, reference) = await PublishChangesAsync(site, PublishAsync, isLive: false);

        // Updates without renders change nothing, and every tab continues with later updates.
        await PostAsync(
            api.Address, token, """{"renders": {}, "removals": []}""", """{"renders": [], "removals": []}""");
        await PublishAsync(new([], "10"));
        string[] shown = ["9", "(draft)", "goal-1", "line-up"];
        await AssertSameAsync(reference, example, shown);
        await AssertSameAsync(reference, await site.OpenVisitorAsync(), shown);

        Task PublishAsync(PostsChange change) =>
            WagtailSite.PublishAsync("post", api.Address.GetLeftPart(UriPartial.Authority), change, token);
    }

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task Messages_in_Redis_render_as_in_the_reference_renderer()
    {
        await using var pages = await PageServer.StartAsync();
        await using var nodes = await RedisNodes.StartAsync(
            1, settings: [$"--Cors:Origins={pages.Origin}", "--Redis:ForeignChannels=group_{page}"]);
        await using var site = await WagtailSite.StartAsync(chromium, pages, nodes.Servers[0].Address);

        await PublishChangesAsync(
            site, change => WagtailSite.PublishAsync("redis", $"{nodes.Redis.Port}", change), isLive: true);
    }

    private static async Task<(IPage Example, IPage Reference)> PublishChangesAsync(
        WagtailSite site, Func<PostsChange, Task> publishAsync, bool isLive)
    {
        var example = await site.OpenExampleAsync(Before, isLive);
        var reference = await site.OpenReferenceAsync(Before);
        foreach (var (change, shown) in _changes)
        {
            await publishAsync(change);
            await AssertSameAsync(reference, example, shown);
        }

        return (example, reference);
    }

    // An update without renders has an empty object or an empty list.
    private static async Task PostAsync(Uri server, string token, params string[] updates)
    {
        using var client = new ApiClient(server);
        foreach (var update in updates)
        {
            using var response = await client.SendAsync(
                HttpMethod.Post, "/pages/final/updates", update, "application/json",
                ("Authorization", $"Bearer {token}"));
            Assert.Equal(201, (int)response.StatusCode);
        }
    }

    // First checks that the reference shows what is expected, then that the other tab has the same posts, shown or
    // hidden.
    private static async Task AssertSameAsync(IPage reference, IPage other, string[] shown)
    {
        const string Elements = """
            [...document.querySelectorAll('#live-posts > *')].map(post =>
              [post.dataset.postId, getComputedStyle(post).display, post.innerHTML].join('\n'))
            """;
        await WaitUntilShownAsync(reference, shown);
        await WaitUntilShownAsync(other, shown);
        Assert.Equal(await reference.EvaluateAsync<string[]>(Elements), await other.EvaluateAsync<string[]>(Elements));
    }

    private static Task WaitUntilShownAsync(IPage tab, string[] shown) => Wait.UntilAsync(
        async () => Enumerable.SequenceEqual(shown, await tab.EvaluateAsync<string[]>("""
            [...document.querySelectorAll('#live-posts > *')].map(post => {
              const { postId } = (post.querySelector('[data-post-id]') ?? post).dataset;
              return getComputedStyle(post).display === 'none' ? `(${postId})` : postId;
            })
            """)),
        string.Join(", ", shown));
}

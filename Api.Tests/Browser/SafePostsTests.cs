using System.Text.Json;
using LiveStreams.Api.Tests.Support;
using Microsoft.Playwright;

namespace LiveStreams.Api.Tests.Browser;

/// <summary>Posts as text: whatever HTML somebody publishes, nothing of it runs, loads or becomes an element.</summary>
public sealed class SafePostsTests(Chromium chromium)
{
    private static readonly string[] _payloads =
    [
        "<script>hacked()</script>",
        "<script src='/script.js'></script>",
        "<img src=x onerror=hacked()>",
        "<img src=/image.png srcset='/image2.png 2x'>",
        "<svg onload=hacked()>",
        "<svg><script>hacked()</script></svg>",
        "<svg><animate onbegin=hacked() attributeName=x dur=1s>",
        "<svg><a xlink:href='javascript:hacked()'><text y=20>link</text></a></svg>",
        "<svg></p><style><a id=\"</style><img src=1 onerror=hacked()>\">",
        "<iframe srcdoc='<script>parent.hacked()</script>'></iframe>",
        "<iframe src='javascript:parent.hacked()'></iframe>",
        "<object data='javascript:hacked()'></object>",
        "<embed src='javascript:hacked()'>",
        "<a href='javascript:hacked()' autofocus onfocus=hacked()>link</a>",
        "<body onload=hacked()>",
        "<body onpageshow=hacked()><frameset onload=hacked()>",
        "<details open ontoggle=hacked()>",
        "<input autofocus onfocus=hacked()>",
        "<video><source onerror=hacked()></video>",
        "<audio src=x onerror=hacked()></audio>",
        "<marquee onstart=hacked()>",
        "<style>@import '/style.css'; * { background: url(/background.png) }</style>",
        "<link rel=stylesheet href=/style.css onload=hacked()>",
        "<meta http-equiv=refresh content='0;url=javascript:hacked()'>",
        "<base href='https://attacker.example/'>",
        "<form action='javascript:hacked()'><input type=submit autofocus></form>",
        "<noscript><p title=\"</noscript><img src=x onerror=hacked()>\"></noscript>",
        "<template><img src=x onerror=hacked()></template>",
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=hacked()&gt;\">",
        "<form><math><mtext></form><form><mglyph><style></math><img src onerror=hacked()>",
        "<xmp><img src=x onerror=hacked()></xmp>",
        "<textarea></textarea><img src=x onerror=hacked()>",
        "<title></title><img src=x onerror=hacked()>",
        "<!--><img src=x onerror=hacked()>-->",
        "<![CDATA[><img src=x onerror=hacked()>]]>",
        "&lt;img src=x onerror=hacked()&gt;",
        "<div data-post-id='other' data-x='<img src=x onerror=hacked()>' style='background:url(/style.png)'>text</div>",
        "<live-page src='/pages/other/events'></live-page>",
        "\0<img src=x onerror=hacked()>",
        "<template shadowrootmode=open><img src=x onerror=hacked()></template>",
    ];

    [Fact]
    public async Task Published_html_becomes_text_and_nothing_else()
    {
        await using var tabs = await LiveTabs.StartAsync(chromium);
        var tab = await OpenAsync(tabs, html: false);
        var requests = new List<string>();
        tab.Request += (_, request) => requests.Add(request.Url);

        await PublishAsync(tabs, _payloads.Select((payload, n) => ($"post {n}", payload)));
        await LiveTabs.HasAsync(tab, $"list.childElementCount === {_payloads.Length}");
        await ControlAsync(tab);

        Assert.Equal(0, await tab.EvaluateAsync<int>("hacks"));
        Assert.Empty(await tab.EvaluateAsync<string[]>("[...list.querySelectorAll('li *')].map(element => element.outerHTML)"));
        Assert.All(requests, url => Assert.EndsWith("/control", url, StringComparison.Ordinal));
        Assert.Equal("<img src=x onerror=hacked()>", await tab.EvaluateAsync<string>($"list.children[{_payloads.Length - 1 - Array.IndexOf(_payloads, "&lt;img src=x onerror=hacked()&gt;")}].textContent"));
    }

    /// <summary>The same payloads as the HTML of a publisher who is trusted: so they would have been seen.</summary>
    [Fact]
    public async Task The_payloads_are_real()
    {
        await using var tabs = await LiveTabs.StartAsync(chromium);
        var tab = await OpenAsync(tabs, html: true);

        await PublishAsync(tabs, _payloads.Select((payload, n) => ($"post {n}", payload)));

        await LiveTabs.HasAsync(tab, "hacks > 5");
    }

    [Fact]
    public async Task Text_keeps_its_words_apart_and_leaves_code_out()
    {
        await using var tabs = await LiveTabs.StartAsync(chromium);
        var tab = await OpenAsync(tabs, html: false);

        await PublishAsync(tabs, [("a", "<h2>Goal</h2><p>2&nbsp;:&nbsp;1 &amp; <b>half</b>-time</p><ul><li>one<li>two</ul><style>p{}</style><script>code</script>")]);

        await LiveTabs.HasAsync(tab, "list.childElementCount === 1");
        Assert.Equal("Goal 2 : 1 & half-time one two", string.Join(' ', (await tab.EvaluateAsync<string>("list.textContent"))
            .Replace('\u00a0', ' ').Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ids_of_any_characters_are_only_ids(bool html)
    {
        string[] ids =
        [
            "__proto__", "constructor", "toString", "hasOwnProperty", "", " ", "'", "\"", "\\", "']", "\"]", "*", "a b", "a,b", "#a", ".a", "[data-post-id]",
            "<img src=x onerror=hacked()>", "</li>", "\u2028", "💥", "é", "e\u0301", "0", "-1", "undefined", "null", "a\0b",
        ];
        await using var tabs = await LiveTabs.StartAsync(chromium);
        var tab = await OpenAsync(tabs, html);

        foreach (var id in ids)
        {
            await PublishAsync(tabs, [(id, "first")]);
            await PublishAsync(tabs, [(id, "changed")]);
        }

        await LiveTabs.HasAsync(tab, $"list.childElementCount === {ids.Length} && list.firstElementChild.textContent === 'changed'");
        Assert.Equal(ids.Reverse(), await tab.EvaluateAsync<string[]>("[...list.children].map(item => item.dataset.postId)"));
        Assert.Equal(0, await tab.EvaluateAsync<int>("[...list.children].filter(item => item.textContent !== 'changed').length"));
        await ControlAsync(tab);
        Assert.Equal(0, await tab.EvaluateAsync<int>("hacks"));

        await tabs.Client.PublishAsync("home", JsonSerializer.Serialize(new { removals = ids }));
        await LiveTabs.HasAsync(tab, "list.childElementCount === 0");
    }

    private static async Task<IPage> OpenAsync(LiveTabs tabs, bool html)
    {
        var tab = await tabs.OpenAsync($$"""
            <ul></ul>
            <script>
              let hacks = 0;
              const hacked = window.alert = () => hacks++;
              const list = document.querySelector('ul');
              const stream = new LiveStreams.LiveStream('{server}/pages/home/events');
              new LiveStreams.LivePosts(list, { html: {{(html ? "true" : "false")}} }).follow(stream);
            </script>
            """);
        await LiveTabs.IsAsync(tab, "live");
        return tab;
    }

    /// <summary>Handlers run late. After one of the page's own has run, those of the posts would have.</summary>
    private static async Task ControlAsync(IPage tab)
    {
        await tab.EvaluateAsync("document.body.insertAdjacentHTML('beforeend', '<img src=/control onerror=\"this.dataset.failed = true\">')");
        await LiveTabs.HasAsync(tab, "document.querySelector('body > img').dataset.failed === 'true'");
    }

    private static Task<string> PublishAsync(LiveTabs tabs, IEnumerable<(string Id, string Content)> posts) => tabs.Client.PublishAsync("home", JsonSerializer.Serialize(new
    {
        renders = posts.ToDictionary(post => post.Id, post => new { show = true, content = post.Content }),
        removals = Array.Empty<string>(),
    }));
}

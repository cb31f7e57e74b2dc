using System.Text.Json;
using LiveStreams.Api.Tests.Support;
using Microsoft.Playwright;

namespace LiveStreams.Api.Tests.Browser;

/// <summary>Posts are shown as text: no part of published HTML runs, loads or becomes an element.</summary>
public sealed class HostileHtmlTests(Chromium chromium)
{
    private const string EscapedImage = "&lt;img src=x onerror=hacked()&gt;";

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
        EscapedImage,
        "<div data-post-id='other' data-x='<img src=x onerror=hacked()>' style='background:url(/style.png)'>text</div>",
        "<live-page src='/pages/other/events'></live-page>",
        "\0<img src=x onerror=hacked()>",
        "<template shadowrootmode=open><img src=x onerror=hacked()></template>",
    ];

    [Fact]
    public async Task Published_html_is_shown_as_text_only()
    {
        await using var tabs = await LiveTabs.StartAsync(chromium);
        var tab = await OpenAsync(tabs, html: false);
        var requests = new List<string>();
        tab.Request += (_, request) => requests.Add(request.Url);

        await PublishAsync(tabs, _payloads.Select((payload, n) => ($"post {n}", payload)));
        await LiveTabs.WaitForAsync(tab, $"list.childElementCount === {_payloads.Length}");
        await WaitForHandlersAsync(tab);

        Assert.Equal(0, await tab.EvaluateAsync<int>("hacks"));
        Assert.Empty(await tab.EvaluateAsync<string[]>(
            "[...list.querySelectorAll('li *')].map(element => element.outerHTML)"));
        Assert.All(requests, url => Assert.EndsWith("/control", url, StringComparison.Ordinal));
        var item = _payloads.Length - 1 - Array.IndexOf(_payloads, EscapedImage);
        Assert.Equal(
            "<img src=x onerror=hacked()>",
            await tab.EvaluateAsync<string>($"list.children[{item}].textContent"));
    }

    /// <summary>The same payloads as trusted HTML: it proves that the other tests would notice them.</summary>
    [Fact]
    public async Task The_payloads_run_where_html_is_allowed()
    {
        await using var tabs = await LiveTabs.StartAsync(chromium);
        var tab = await OpenAsync(tabs, html: true);

        await PublishAsync(tabs, _payloads.Select((payload, n) => ($"post {n}", payload)));

        await LiveTabs.WaitForAsync(tab, "hacks > 5");
    }

    [Fact]
    public async Task Text_keeps_words_separate_and_omits_code()
    {
        await using var tabs = await LiveTabs.StartAsync(chromium);
        var tab = await OpenAsync(tabs, html: false);

        const string Html =
            "<h2>Goal</h2><p>2&nbsp;:&nbsp;1 &amp; <b>half</b>-time</p><ul><li>one<li>two</ul>"
            + "<style>p{}</style><script>code</script>";
        await PublishAsync(tabs, [("a", Html)]);

        await LiveTabs.WaitForAsync(tab, "list.childElementCount === 1");
        var words = (await tab.EvaluateAsync<string>("list.textContent"))
            .Replace('\u00a0', ' ')
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("Goal 2 : 1 & half-time one two", string.Join(' ', words));
    }

    [Theory]
    [Trait(Tier.Name, Tier.All)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Post_ids_of_any_characters_that_the_server_takes_are_used_as_plain_text(bool html)
    {
        string[] ids =
        [
            "__proto__", "constructor", "toString", "hasOwnProperty",
            " ", "'", "\"", "\\", "']", "\"]", "*", "a b", "a,b", "#a", ".a", "[data-post-id]",
            "<img src=x onerror=hacked()>", "</li>", "\u2028", "💥", "é", "e\u0301",
            "0", "-1", "undefined", "null",
        ];
        await using var tabs = await LiveTabs.StartAsync(chromium);
        var tab = await OpenAsync(tabs, html);

        foreach (var id in ids)
        {
            await PublishAsync(tabs, [(id, "first")]);
            await PublishAsync(tabs, [(id, "changed")]);
        }

        await LiveTabs.WaitForAsync(
            tab,
            $"list.childElementCount === {ids.Length} && list.firstElementChild.textContent === 'changed'");
        Assert.Equal(
            ids.Reverse(),
            await tab.EvaluateAsync<string[]>("[...list.children].map(item => item.dataset.postId)"));
        Assert.Equal(
            0,
            await tab.EvaluateAsync<int>("[...list.children].filter(item => item.textContent !== 'changed').length"));
        await WaitForHandlersAsync(tab);
        Assert.Equal(0, await tab.EvaluateAsync<int>("hacks"));

        await tabs.Client.PublishAsync("home", JsonSerializer.Serialize(new { removals = ids }));
        await LiveTabs.WaitForAsync(tab, "list.childElementCount === 0");
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
        await LiveTabs.WaitForStateAsync(tab, "live");
        return tab;
    }

    /// <summary>Waits until a handler of the page has run. The handlers of posts would have run by then.</summary>
    private static async Task WaitForHandlersAsync(IPage tab)
    {
        await tab.EvaluateAsync("""
            document.body.insertAdjacentHTML('beforeend', '<img src=/control onerror="this.dataset.failed = true">')
            """);
        await LiveTabs.WaitForAsync(tab, "document.querySelector('body > img').dataset.failed === 'true'");
    }

    private static Task<string> PublishAsync(LiveTabs tabs, IEnumerable<(string Id, string Content)> posts)
    {
        var update = new
        {
            renders = posts.ToDictionary(post => post.Id, post => new { show = true, content = post.Content }),
            removals = Array.Empty<string>(),
        };
        return tabs.Client.PublishAsync("home", JsonSerializer.Serialize(update));
    }
}

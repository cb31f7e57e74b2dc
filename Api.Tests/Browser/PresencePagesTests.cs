using LiveStreams.Api.Tests.Support;
using Microsoft.Playwright;

namespace LiveStreams.Api.Tests.Browser;

/// <summary>In Chromium, <c>/livestreams.js</c> shows how many streams a page has.</summary>
public sealed class PresencePagesTests(Chromium chromium)
{
    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task A_tab_is_told_how_many_streams_each_of_its_pages_has()
    {
        await using var tabs = await LiveTabs.StartAsync(chromium);
        var tab = await tabs.OpenAsync($$"""
            <script>
              {{PagesTab.Recording}}
              let stream = record(new LiveStreams.LiveStream(urls(['a', 'b']), { presence: true }));
              const count = page => details.filter(each => each.page === page).at(-1)?.subscribers;
            </script>
            """);
        await LiveTabs.WaitForStateAsync(tab, "live");

        // The tab opens a second stream if one page was ready before the other.
        await Wait.UntilAsync(
            async () => await CountOnServerAsync(tabs, "a") == 1 && await CountOnServerAsync(tabs, "b") == 1,
            "only one stream is left");
        await LiveTabs.WaitForAsync(tab, "count('a') === 1 && count('b') === 1");
        var toldOfA = await ReadTimesToldOfAAsync(tab);

        await using (await tabs.Client.SubscribeAsync("b"))
        {
            await LiveTabs.WaitForAsync(tab, "count('b') === 2");
        }

        await LiveTabs.WaitForAsync(tab, "count('b') === 1");
        Assert.Equal(toldOfA, await ReadTimesToldOfAAsync(tab));
        Assert.Equal(0, await tab.EvaluateAsync<int>("Object.keys(seen).length"));
    }

    private static async Task<int> CountOnServerAsync(LiveTabs tabs, string page) =>
        (await tabs.Client.GetJsonAsync($"/pages/{page}")).GetProperty("subscribers").GetInt32();

    private static Task<int> ReadTimesToldOfAAsync(IPage tab) =>
        tab.EvaluateAsync<int>("details.filter(each => each.page === 'a').length");
}

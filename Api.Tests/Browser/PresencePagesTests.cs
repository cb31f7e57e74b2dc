using LiveStreams.Api.Tests.Support;

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
        await LiveTabs.WaitForAsync(tab, "count('a') === 1 && count('b') === 1");

        await using (await tabs.Client.SubscribeAsync("b"))
        {
            await LiveTabs.WaitForAsync(tab, "count('b') === 2");
        }

        await LiveTabs.WaitForAsync(tab, "count('b') === 1");
        Assert.Equal(1, await tab.EvaluateAsync<int>("details.filter(each => each.page === 'a').length"));
        Assert.Equal(0, await tab.EvaluateAsync<int>("Object.keys(seen).length"));
    }
}

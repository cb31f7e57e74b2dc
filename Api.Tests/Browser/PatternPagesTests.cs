using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Browser;

/// <summary>A pattern in Chromium.</summary>
public sealed class PatternPagesTests(Chromium chromium)
{
    [Fact]
    public async Task Pages_of_a_pattern_are_found_and_what_a_resume_repeats_is_dropped()
    {
        await using var tabs = await LiveTabs.StartRestartableAsync(chromium);
        await tabs.Client.PublishAsync("news:1", "before");
        var tab = await tabs.OpenAsync($$"""
            <script>
              {{PagesTab.Recording}}
              let stream = record(new LiveStreams.LiveStream(
                ['{server}/events?page=home&pattern=news:*'], { retry: [100, 1000] }));
            </script>
            """);
        await LiveTabs.WaitForStateAsync(tab, "live");
        await tabs.Client.PublishAsync("news:1", "1");
        await tabs.Client.PublishAsync("news:2", "born");
        await tabs.Client.PublishAsync("weather", "not followed");
        await PagesTab.AssertSeenAsync(tab, "news:2", "born");

        await tabs.KillAndRestartServerAsync();
        await tabs.Client.PublishAsync("news:3", "born meanwhile");
        await tabs.Client.PublishAsync("home", "2");
        await tabs.Client.PublishAsync("news:1", "2");

        await PagesTab.AssertSeenAsync(tab, "news:3", "born meanwhile");
        await PagesTab.AssertSeenAsync(tab, "home", "2");
        await LiveTabs.WaitForAsync(tab, "seen['news:1'].at(-1) === '2'");
        await PagesTab.AssertSeenAsync(tab, "news:2", "born");
        Assert.Equal(
            ["1", "2"], await tab.EvaluateAsync<string[]>("seen['news:1'].filter(data => data !== 'before')"));
        Assert.True(await tab.EvaluateAsync<bool>("seen.weather === undefined"));
    }
}

using LiveStreams.Api.Tests.Support;
using Microsoft.Playwright;

namespace LiveStreams.Api.Tests.Browser;

/// <summary>A pattern and presence in Chromium, with streams written as docs/protocol.md describes them.</summary>
public sealed class PatternPagesTests(Chromium chromium)
{
    private const string Opening = """
        retry: 10
        : live
        id: .x~1


        """;

    private const string First = """
        id: .x~2
        data: {"page":"news:1","id":"7eec645c92cd-1","event":null,"data":"1"}


        """;

    private const string Presence = """
        event: presence
        data: {"page":"news:1","id":null,"event":"presence","data":"{\"subscribers\":3}"}


        """;

    private const string OfAnotherPage = """
        id: .x~3
        data: {"page":"weather","id":"7eec645c92cd-1","event":null,"data":"0"}


        """;

    private const string Second = """
        id: .x~3
        data: {"page":"news:1","id":"7eec645c92cd-2","event":null,"data":"2"}


        """;

    [Fact]
    public async Task Pages_of_a_pattern_are_found_what_a_reconnect_repeats_is_dropped_and_presence_is_reported()
    {
        await using var tabs = await LiveTabs.StartAsync(chromium);
        var queries = new List<string>();
        await tabs.Context.RouteAsync("**/events?*", route =>
        {
            queries.Add(new Uri(route.Request.Url).Query);
            return route.FulfillAsync(new RouteFulfillOptions
            {
                Headers = new Dictionary<string, string> { ["Access-Control-Allow-Origin"] = "*" },
                Body = queries.Count == 1 ? Opening + First + Presence : Opening + First + OfAnotherPage + Second,
            });
        });
        var tab = await tabs.OpenAsync($$"""
            <script>
              {{PagesTab.Recording}}
              const stream = record(new LiveStreams.LiveStream(
                ['{server}/events?pattern=news:*'], { retry: [50, 100], presence: true }));
            </script>
            """);
        await PagesTab.AssertSeenAsync(tab, "news:1", "1", "2");

        await Wait.UntilAsync(() => queries.Count > 2, "the stream is opened a third time");
        Assert.Equal(["1", "2"], await tab.EvaluateAsync<string[]>("seen['news:1']"));
        Assert.True(await tab.EvaluateAsync<bool>("seen.weather === undefined"));
        Assert.Equal(
            ["news:1 3"],
            await tab.EvaluateAsync<string[]>(
                "details.filter(each => each.type === 'presence').map(each => `${each.page} ${each.subscribers}`)"));
        Assert.Equal("?pattern=news%3A*&presence=true", queries[0]);
        Assert.Equal("?pattern=news%3A*&lastEventId=.x~2&presence=true", queries[1]);
    }
}

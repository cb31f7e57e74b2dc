using System.Diagnostics;
using LiveStreams.Api.Tests.Support;
using Microsoft.Playwright;

namespace LiveStreams.Api.Tests.Browser;

/// <summary>Where a <c>LiveStream</c> of several pages starts, and how it returns.</summary>
public sealed class PagesPositionTests(Chromium chromium)
{
    [Fact]
    public async Task A_page_of_any_name_starts_at_its_position_and_once_however_often_it_is_listed()
    {
        await using var tabs = await LiveTabs.StartAsync(chromium);
        foreach (var page in new[] { "at", "length", "other" })
        {
            await tabs.Client.PublishAsync(page, "before");
        }

        var tab = await FollowAsync(tabs, "[...urls(['at', 'length']), ...urls(['at'])]", "lastEventId: '0'");
        var held = await FollowAsync(tabs, "urls(['at', 'other'])", "lastEventId: { other: '0' }");
        await tabs.Client.PublishAsync("at", "after");
        await tabs.Client.PublishAsync("length", "after");

        await PagesTab.AssertSeenAsync(tab, "at", "before", "after");
        await PagesTab.AssertSeenAsync(tab, "length", "before", "after");
        await PagesTab.AssertSeenAsync(held, "at", "after");
        await PagesTab.AssertSeenAsync(held, "other", "before");
    }

    [Fact]
    public async Task A_page_of_a_pattern_continues_after_a_reset_also_if_snapshots_are_wanted()
    {
        await using var tabs = await LiveTabs.StartAsync(chromium, "--History:MaxUpdates=5");
        var tab = await FollowAsync(tabs, "['{server}/events?pattern=trim:*']", "snapshot: true");
        tabs.Proxy.Cut();
        await LiveTabs.WaitForStateAsync(tab, "behind");
        for (var n = 1; n <= 11; n++)
        {
            await tabs.Client.PublishAsync("trim:a", $"{n}");
        }

        tabs.Proxy.Mend();
        await LiveTabs.WaitForAsync(tab, "details.some(each => each.type === 'reset')");
        await tabs.Client.PublishAsync("trim:a", "12");

        await PagesTab.AssertSeenAsync(tab, "trim:a", "7", "8", "9", "10", "11", "12");
    }

    [Theory]
    [InlineData(503, 100, "a", "b")]
    [InlineData(403, 200, "a")]
    public async Task The_pauses_between_attempts_grow_while_the_server_takes_no_streams(
        int status, int least, params string[] pages)
    {
        await using var tabs = await LiveTabs.StartAsync(chromium);
        var attempts = new List<TimeSpan>();
        var clock = Stopwatch.StartNew();
        await tabs.Context.RouteAsync("**/events?*", route =>
        {
            // A page that is ready before the other may be tried by itself.
            var url = route.Request.Url;
            if (Array.TrueForAll(pages, page => url.Contains($"page={page}", StringComparison.Ordinal)))
            {
                attempts.Add(clock.Elapsed);
            }

            return route.FulfillAsync(new RouteFulfillOptions
            {
                Status = status,
                Headers = new Dictionary<string, string> { ["Access-Control-Allow-Origin"] = "*" },
            });
        });
        await tabs.OpenAsync($$"""
            <script>
              {{PagesTab.Recording}}
              let stream = record(new LiveStreams.LiveStream(
                urls(['{{string.Join("', '", pages)}}']), { retry: [200, 20000] }));
            </script>
            """);

        await Wait.UntilAsync(() => attempts.Count >= 4, "there are four attempts");

        // Half of 200 ms at least, then of twice that. After a refusal each page is asked for first, so one more.
        for (var n = 0; n < 3; n++)
        {
            Assert.InRange(
                attempts[n + 1] - attempts[n], TimeSpan.FromMilliseconds(least << n), TimeSpan.MaxValue);
        }
    }

    [Fact]
    public async Task A_page_that_is_deleted_while_a_tab_is_away_has_ended_when_it_returns()
    {
        await using var tabs = await LiveTabs.StartAsync(chromium);
        await tabs.Client.PublishAsync("gone", "1");
        var tab = await FollowAsync(tabs, "urls(['gone', 'stays'])", "from: 'earliest'");
        await PagesTab.AssertSeenAsync(tab, "gone", "1");
        tabs.Proxy.Cut();
        await LiveTabs.WaitForStateAsync(tab, "behind");
        using (await tabs.Client.SendAsync(new HttpRequestMessage(HttpMethod.Delete, "/pages/gone")))
        {
            await tabs.Client.PublishAsync("stays", "2");
        }

        tabs.Proxy.Mend();

        await PagesTab.AssertSeenAsync(tab, "stays", "2");
        await LiveTabs.WaitForAsync(tab, "details.some(each => each.type === 'end' && each.page === 'gone')");
        await LiveTabs.WaitForStateAsync(tab, "live");
        Assert.Equal(1, await tab.EvaluateAsync<int>("details.filter(each => each.type === 'end').length"));
        Assert.False(await tab.EvaluateAsync<bool>("details.some(each => each.type === 'reset')"));
    }

    private static async Task<IPage> FollowAsync(LiveTabs tabs, string pages, string options)
    {
        var tab = await tabs.OpenAsync($$"""
            <script>
              {{PagesTab.Recording}}
              let stream = record(new LiveStreams.LiveStream({{pages}}, { retry: [100, 1000], {{options}} }));
            </script>
            """);
        await LiveTabs.WaitForStateAsync(tab, "live");
        return tab;
    }
}

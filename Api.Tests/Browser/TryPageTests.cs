using System.Diagnostics;
using System.Net;
using LiveStreams.Api.Tests.Posts;
using LiveStreams.Api.Tests.Support;
using Microsoft.Playwright;

namespace LiveStreams.Api.Tests.Browser;

/// <summary>The page at <c>/</c>, on which a visitor tries LiveStreams for the first time.</summary>
public sealed class TryPageTests(TryPageTests.TryPageApi api, Chromium chromium)
    : IClassFixture<TryPageTests.TryPageApi>
{
    private readonly List<string> _consoleMessages = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_visitor_puts_a_post_changes_it_with_the_shown_curl_command_and_removes_it()
    {
        var tab = await OpenAsync("goal's page");

        await tab.FillAsync("#post-id", "12' ✓");
        await tab.FillAsync("#post-html", "<p>It's 1:0</p>");
        await tab.Locator("#post-html").PressAsync("Control+Enter");
        await WaitForTextAsync(tab, "#posts", "It's 1:0");

        await tab.FillAsync("#post-html", "<p>It's 'two' $0 \\ \"nil\"</p>");
        var command = await tab.InnerTextAsync("#curl");
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", $"{command} -s"])
        {
            RedirectStandardOutput = true,
        })!;
        Assert.Contains("\"sequence\":2", await shell.StandardOutput.ReadToEndAsync(Ct), StringComparison.Ordinal);
        await WaitForTextAsync(tab, "#posts", "It's 'two' $0 \\ \"nil\"");
        Assert.Equal(["12' ✓=<p>It's 'two' $0 \\ \"nil\"</p>"], await api.Client.GetPostsAsync("goal's page"));

        await tab.Locator("#post-remove").FocusAsync();
        await tab.Keyboard.PressAsync("Enter");
        await Assertions.Expect(tab.Locator("#posts li")).ToHaveCountAsync(0);
        await WaitForTextAsync(tab, "#answer", "201: ");
        Assert.Empty(_consoleMessages); // For instance of the content security policy.
    }

    [Fact]
    public async Task An_update_is_shown_as_it_is_sent_over_the_wire()
    {
        var tab = await OpenAsync("wire");

        await tab.CheckAsync("[value=update]");
        await tab.FillAsync("#update-event", "score");
        await tab.FillAsync("#update-data", "1\n0");
        await tab.Locator("#update button").ClickAsync();

        await WaitForTextAsync(tab, "#frames", "event: score\ndata: 1\ndata: 0");
        await WaitForTextAsync(tab, "#frames", "id: 0\nevent: snapshot\n");
        await tab.CheckAsync("#update-json");
        await tab.Locator("#update button").ClickAsync();
        await WaitForTextAsync(tab, "#answer", "400: The data is not JSON");
    }

    [Fact]
    public async Task A_connection_that_was_cut_resumes_and_shows_each_missed_post_once()
    {
        await api.Client.PutPostAsync("cut", "a", "first");
        var tab = await OpenAsync("cut");
        await WaitForTextAsync(tab, "#posts", "first");

        await tab.ClickAsync("#cut");
        await WaitForTextAsync(tab, "#state", "cut");
        await api.Client.PutPostAsync("cut", "b", "missed");
        await api.Client.PutPostAsync("cut", "a", "changed");
        await Assertions.Expect(tab.Locator("#posts")).Not.ToContainTextAsync("missed");
        await tab.ClickAsync("#cut");

        await Assertions.Expect(tab.Locator("#posts li")).ToHaveTextAsync(["missed", "changed"]);
        await WaitForTextAsync(tab, "#state", "live");
        await WaitForTextAsync(tab, "#frames", "\"content\":\"missed\"");
        var missed = new PageLocatorOptions { HasText = "\"content\":\"missed\"" };
        Assert.Equal(1, await tab.Locator("#frames li", missed).CountAsync());
    }

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task The_number_of_streams_follows_the_tabs_that_come_and_go()
    {
        // Each tab has two: one follows the page, the other shows its bytes.
        var tab = await OpenAsync("counted");
        await ExpectStreamsAsync(tab, 2);
        var other = await OpenAsync("counted");
        await ExpectStreamsAsync(tab, 4);
        await ExpectStreamsAsync(other, 4);

        await other.CloseAsync();

        await ExpectStreamsAsync(tab, 2);
        await WaitForTextAsync(tab, "#frames", "event: presence\ndata: {\"subscribers\":2}");
    }

    [Fact]
    public async Task A_hostile_post_is_shown_as_text()
    {
        var tab = await OpenAsync("hostile");

        await api.Client.PutPostAsync(
            "hostile",
            "\"><img src=x onerror=alert(1)>",
            "<img src=x onerror='document.title=1'><script>document.title=1</script><b>text</b>");

        await WaitForTextAsync(tab, "#posts", "text");
        Assert.Equal("LiveStreams: try it", await tab.TitleAsync());
        Assert.Equal(0, await tab.Locator("#posts li *").CountAsync());
    }

    [Theory]
    [InlineData(null, HttpStatusCode.NotFound)]
    [InlineData("--TryPage=false", HttpStatusCode.NotFound)]
    [InlineData("--environment=Development", HttpStatusCode.OK)]
    public async Task The_try_page_is_served_in_development_or_when_it_is_enabled(
        string? setting,
        HttpStatusCode expected)
    {
        await using var process = await InProcessApi.StartAsync(
            ["--Store=memory", .. setting is null ? Array.Empty<string>() : [setting]]);
        using var client = new ApiClient(process.Address);

        foreach (var path in new[] { "/", "/try/page.js", "/try/page.css" })
        {
            using var response = await client.GetAsync(path);
            Assert.Equal(expected, response.StatusCode);
        }
    }

    private async Task<IPage> OpenAsync(string name)
    {
        var context = await chromium.NewContextAsync();
        var tab = await context.NewPageAsync();
        tab.Console += (_, message) => _consoleMessages.Add(message.Text);
        await tab.GotoAsync(api.Server.Address.ToString());
        await tab.FillAsync("#name", name);
        await tab.Locator("#name").PressAsync("Enter");
        await WaitForTextAsync(tab, "#state", "live");
        return tab;
    }

    private static Task ExpectStreamsAsync(IPage tab, int count) =>
        Assertions.Expect(tab.Locator("#subscribers")).ToHaveTextAsync(
            $"{count}", new LocatorAssertionsToHaveTextOptions { Timeout = 20_000 });

    private static Task WaitForTextAsync(IPage tab, string selector, string text) =>
        Assertions.Expect(tab.Locator(selector)).ToContainTextAsync(
            text,
            new LocatorAssertionsToContainTextOptions { Timeout = 20_000 });

    /// <summary>A server that serves the try page outside of development.</summary>
    public sealed class TryPageApi : SharedApi
    {
        protected override string[] Settings => ["--Store=memory", "--TryPage=true"];
    }
}

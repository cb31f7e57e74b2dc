using System.Diagnostics;
using System.Net;
using LiveStreams.Api.Tests.Posts;
using LiveStreams.Api.Tests.Support;
using Microsoft.Playwright;

namespace LiveStreams.Api.Tests.Browser;

/// <summary><c>/</c>, as somebody uses it who tries LiveStreams for the first time.</summary>
public sealed class TryPageTests(TryPageTests.WithPage api, Chromium chromium) : IClassFixture<TryPageTests.WithPage>
{
    private readonly List<string> _complaints = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_post_is_put_changed_by_the_curl_command_that_is_shown_and_removed()
    {
        var tab = await OpenAsync("goal's page");

        await tab.FillAsync("#post-id", "12' ✓");
        await tab.FillAsync("#post-html", "<p>It's 1:0</p>");
        await tab.Locator("#post-html").PressAsync("Control+Enter");
        await ShowsAsync(tab, "#posts", "It's 1:0");

        await tab.FillAsync("#post-html", "<p>It's 'two' $0 \\ \"nil\"</p>");
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", $"{await tab.InnerTextAsync("#curl")} -s"]) { RedirectStandardOutput = true })!;
        Assert.Contains("\"sequence\":2", await shell.StandardOutput.ReadToEndAsync(Ct), StringComparison.Ordinal);
        await ShowsAsync(tab, "#posts", "It's 'two' $0 \\ \"nil\"");
        Assert.Equal(["12' ✓=<p>It's 'two' $0 \\ \"nil\"</p>"], await api.Client.PostsAsync("goal's page"));

        await tab.Locator("#post-remove").FocusAsync();
        await tab.Keyboard.PressAsync("Enter");
        await Assertions.Expect(tab.Locator("#posts li")).ToHaveCountAsync(0);
        await ShowsAsync(tab, "#answer", "201: ");
        Assert.Empty(_complaints); // By the policy, say.
    }

    [Fact]
    public async Task An_update_is_shown_as_it_comes_over_the_wire()
    {
        var tab = await OpenAsync("wire");

        await tab.CheckAsync("[value=update]");
        await tab.FillAsync("#update-event", "score");
        await tab.FillAsync("#update-data", "1\n0");
        await tab.Locator("#update button").ClickAsync();

        await ShowsAsync(tab, "#frames", "event: score\ndata: 1\ndata: 0");
        await ShowsAsync(tab, "#frames", "id: 0\nevent: snapshot\n");
        await tab.CheckAsync("#update-json");
        await tab.Locator("#update button").ClickAsync();
        await ShowsAsync(tab, "#answer", "400: The data is not JSON");
    }

    [Fact]
    public async Task A_connection_that_is_cut_resumes_with_what_it_missed_once()
    {
        await api.Client.PutPostAsync("cut", "a", "first");
        var tab = await OpenAsync("cut");
        await ShowsAsync(tab, "#posts", "first");

        await tab.ClickAsync("#cut");
        await ShowsAsync(tab, "#state", "cut");
        await api.Client.PutPostAsync("cut", "b", "missed");
        await api.Client.PutPostAsync("cut", "a", "changed");
        await Assertions.Expect(tab.Locator("#posts")).Not.ToContainTextAsync("missed");
        await tab.ClickAsync("#cut");

        await Assertions.Expect(tab.Locator("#posts li")).ToHaveTextAsync(["missed", "changed"]);
        await ShowsAsync(tab, "#state", "live");
        await ShowsAsync(tab, "#frames", "\"content\":\"missed\"");
        Assert.Equal(1, await tab.Locator("#frames li", new PageLocatorOptions { HasText = "\"content\":\"missed\"" }).CountAsync());
    }

    [Fact]
    public async Task A_hostile_post_is_text_and_the_policy_lets_nothing_in()
    {
        var tab = await OpenAsync("hostile");

        await api.Client.PutPostAsync("hostile", "\"><img src=x onerror=alert(1)>", "<img src=x onerror='document.title=1'><script>document.title=1</script><b>text</b>");

        await ShowsAsync(tab, "#posts", "text");
        Assert.Equal("LiveStreams: try it", await tab.TitleAsync());
        Assert.Equal(0, await tab.Locator("#posts li *").CountAsync());
    }

    [Theory]
    [InlineData(null, HttpStatusCode.NotFound)]
    [InlineData("--TryPage=false", HttpStatusCode.NotFound)]
    [InlineData("--environment=Development", HttpStatusCode.OK)]
    public async Task It_is_there_in_development_and_where_it_is_asked_for(string? setting, HttpStatusCode expected)
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
        tab.Console += (_, message) => _complaints.Add(message.Text);
        await tab.GotoAsync(api.Server.Address.ToString());
        await tab.FillAsync("#name", name);
        await tab.Locator("#name").PressAsync("Enter");
        await ShowsAsync(tab, "#state", "live");
        return tab;
    }

    private static Task ShowsAsync(IPage tab, string place, string text) =>
        Assertions.Expect(tab.Locator(place)).ToContainTextAsync(text, new LocatorAssertionsToContainTextOptions { Timeout = 20_000 });

    /// <summary>Has the page, though it is no development.</summary>
    public sealed class WithPage : SharedApi
    {
        protected override string[] Settings => ["--Store=memory", "--TryPage=true"];
    }
}

using System.Diagnostics;
using LiveStreams.Api.Http;
using LiveStreams.Api.Tests.Support;
using Microsoft.Playwright;

namespace LiveStreams.Api.Tests.Docs;

/// <summary>What the README says is what happens: its commands with curl, its page in Chromium.</summary>
public sealed class ReadmeTests(Chromium chromium) : IClassFixture<Chromium>
{
    private static readonly TimeSpan _bound = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task The_first_stream_works_as_written()
    {
        using var process = await ServerProcess.StartAsync();
        var readme = await Repository.ReadAsync("README.md");
        Assert.Contains("curl -N localhost:8080/pages/home/events\n", readme, StringComparison.Ordinal);
        Assert.Contains("curl -d 'Is this thing on?' localhost:8080/pages/home/updates\n", readme, StringComparison.Ordinal);

        using var watching = Curl("-sN", $"{process.Address}pages/home/events");
        Assert.Equal(["retry: 2000", ": live", "id: 0", ""], await ReadLinesAsync(watching, 4));
        using var publishing = Curl("-s", "-d", "Is this thing on?", $"{process.Address}pages/home/updates");
        await publishing.WaitForExitAsync(TestContext.Current.CancellationToken);

        var lines = await ReadLinesAsync(watching, 3);
        Assert.Matches("^id: [0-9a-f]{12}-1$", lines[0]);
        Assert.Equal(["data: Is this thing on?", ""], lines[1..]);
        watching.Kill();
    }

    [Fact]
    public async Task The_page_shows_everything_once_though_the_server_is_killed_before_and_after_its_first_update()
    {
        await using var pages = await PageServer.StartAsync();
        using var api = await RestartableApi.StartAsync($"--Cors:Origins={pages.Origin}");
        pages.Html = Document.Pages(await Repository.ReadAsync("README.md"), api.Current)[0];
        Assert.InRange(pages.Html.Split('\n').Length, 5, 12);
        using var client = new ApiClient(api.Current.Address);
        await client.PublishAsync("home", "before the page was open");

        await using var context = await chromium.Browser.NewContextAsync();
        var page = await context.NewPageAsync();
        await page.GotoAsync($"{pages.Origin}/live.html");
        await Wait.UntilAsync(async () => (await client.GetJsonAsync("/pages/home")).GetProperty("subscribers").GetInt32() == 1, "the page is live");

        // A live-only update has no id: once it is shown, all the page knows of its position is the block the stream began with.
        await client.PublishLiveAsync("home", "0, live only");
        await ShowsAsync(page, 1);
        await api.KillAndRestartAsync();
        await client.PublishAsync("home", "1, while the page was cut off, before its first update");
        await ShowsAsync(page, 2);
        await client.PublishAsync("home", "2, live");
        await ShowsAsync(page, 3);
        await api.KillAndRestartAsync();
        await client.PublishAsync("home", "3, while the page was cut off again");
        await ShowsAsync(page, 4);

        Assert.Equal(["3,", "2,", "1,", "0,"], (await page.Locator("li").AllInnerTextsAsync()).Select(text => text[..2]));
    }

    [Fact]
    public async Task Every_problem_type_is_explained()
    {
        var protocol = await Repository.ReadAsync("docs/protocol.md");
        var problems = typeof(Problem).GetFields().Select(field => field.GetValue(null)).OfType<Problem>().ToArray();

        Assert.NotEmpty(problems);
        Assert.All(problems, problem => Assert.Matches($@"\| `{problem.Slug}` \| {problem.Status}\b", protocol));
    }

    private static Task ShowsAsync(IPage page, int items) =>
        Assertions.Expect(page.Locator("li")).ToHaveCountAsync(items, new LocatorAssertionsToHaveCountOptions { Timeout = (float)_bound.TotalMilliseconds });

    private static Process Curl(params string[] arguments) =>
        Process.Start(new ProcessStartInfo("curl", arguments) { RedirectStandardOutput = true })!;

    private static async Task<string[]> ReadLinesAsync(Process process, int count)
    {
        var lines = new string[count];
        for (var i = 0; i < count; i++)
        {
            lines[i] = (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(_bound))!;
        }

        return lines;
    }
}

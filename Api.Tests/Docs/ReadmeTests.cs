using System.Diagnostics;
using LiveStreams.Api.Http;
using LiveStreams.Api.Tests.Support;
using Microsoft.Playwright;

namespace LiveStreams.Api.Tests.Docs;

/// <summary>The commands in the README work with curl, and its page works in Chromium.</summary>
public sealed class ReadmeTests(Chromium chromium)
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task The_first_stream_works_as_written()
    {
        await using var api = await InProcessApi.StartAsync();
        var section = DocumentExamples.Commands(
            await Repository.ReadAsync("README.md"),
            "A first stream in a minute",
            api.Address);
        var (watch, publish, shown) = (section[0], section[1], section[2].Split('\n'));

        using var watching = Shell(watch);
        var lines = await ReadLinesAsync(watching, 4);
        using var publishing = Shell(publish);
        await publishing.WaitForExitAsync(TestContext.Current.CancellationToken);
        lines = [.. lines, .. await ReadLinesAsync(watching, 2)];

        // The output is as documented, except for the id, which differs each time.
        Assert.Matches("^id: [0-9a-f]{12}-1$", shown[4]);
        Assert.Matches("^id: [0-9a-f]{12}-1$", lines[4]);
        Assert.Equal(shown.Where((_, n) => n is < 6 and not 4), lines.Where((_, n) => n != 4));
        watching.Kill();
    }

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task The_page_shows_every_update_once_when_the_server_is_killed_before_and_after_its_first_update()
    {
        await using var pages = await PageServer.StartAsync();
        using var api = await RestartableApi.StartAsync($"--Cors:Origins={pages.Origin}");
        pages.Html = DocumentExamples.Pages(await Repository.ReadAsync("README.md"), api.Current.Address)[0];
        Assert.InRange(pages.Html.Split('\n').Length, 5, 12);
        using var client = new ApiClient(api.Current.Address);
        await client.PublishAsync("home", "before the page was open");

        await using var context = await chromium.NewContextAsync();
        var page = await context.NewPageAsync();
        await page.GotoAsync($"{pages.Origin}/live.html");
        await Wait.UntilAsync(
            async () => (await client.GetJsonAsync("/pages/home")).GetProperty("subscribers").GetInt32() == 1,
            "the page is live");

        // A live-only update has no id, so the page still has only the position that the stream started with.
        await client.PublishLiveAsync("home", "0, live only");
        await WaitForItemsAsync(page, 1);
        await api.KillAndRestartAsync();
        await client.PublishAsync("home", "1, while the page was cut off, before its first update");
        await WaitForItemsAsync(page, 2);
        await client.PublishAsync("home", "2, live");
        await WaitForItemsAsync(page, 3);
        await api.KillAndRestartAsync();
        await client.PublishAsync("home", "3, while the page was cut off again");
        await WaitForItemsAsync(page, 4);

        var texts = await page.Locator("li").AllInnerTextsAsync();
        Assert.Equal(["3,", "2,", "1,", "0,"], texts.Select(text => text[..2]));
    }

    [Fact]
    public async Task The_protocol_document_explains_every_problem_type()
    {
        var protocol = await Repository.ReadAsync("docs/protocol.md");
        var problems = typeof(Problem).GetFields().Select(field => field.GetValue(null)).OfType<Problem>().ToArray();

        Assert.NotEmpty(problems);
        Assert.All(problems, problem => Assert.Matches($@"\| `{problem.Slug}` \| {problem.Status}\b", protocol));
    }

    private static Task WaitForItemsAsync(IPage page, int items) =>
        Assertions.Expect(page.Locator("li")).ToHaveCountAsync(
            items,
            new LocatorAssertionsToHaveCountOptions { Timeout = (float)_timeout.TotalMilliseconds });

    // With exec the process that is killed at the end is the command itself, not a shell that started it.
    private static Process Shell(string command) =>
        Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"exec {command}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

    private static async Task<string[]> ReadLinesAsync(Process process, int count)
    {
        var lines = new string[count];
        for (var i = 0; i < count; i++)
        {
            var reading = process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask();
            lines[i] = (await reading.WaitAsync(_timeout))!;
        }

        return lines;
    }
}

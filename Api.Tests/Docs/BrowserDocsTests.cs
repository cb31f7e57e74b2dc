using System.Diagnostics;
using LiveStreams.Api.Tests.Support;
using Microsoft.Playwright;

namespace LiveStreams.Api.Tests.Docs;

/// <summary>
/// The pages in docs/browser.md and the README work in Chromium as written, and show what the documented command
/// publishes.
/// </summary>
public sealed class BrowserDocsTests(Chromium chromium)
{
    private const string Post = "curl -X PUT -d '<p>Kick-off!</p>' localhost:8080/pages/home/posts/kick-off\n";

    [Theory]
    [InlineData("docs/browser.md", 0, "live-page > div", "Kick-off!")]
    [InlineData("docs/browser.md", 1, "#posts > li", "Kick-off!")]
    [InlineData("docs/browser.md", 1, "#state", "live")]
    [InlineData("docs/browser.md", 2, "output", "1:0")]
    [InlineData("docs/browser.md", 3, "live-page p", "Kick-off!")]
    [InlineData("README.md", 1, "live-page > div", "Kick-off!")]
    public async Task The_documented_pages_show_what_is_published(string file, int number, string element, string shown)
    {
        await using var pages = await PageServer.StartAsync();
        await using var api = await InProcessApi.StartAsync($"--Cors:Origins={pages.Origin}");
        using var client = new ApiClient(api.Address);
        var text = await Repository.ReadAsync(file);
        pages.Html = DocumentExamples.Pages(text, api.Address)[number];
        if (!pages.Html.Contains("livestreams.", StringComparison.Ordinal))
        {
            // The example is a part of a page that has already loaded the script.
            pages.Html = $"<!doctype html><script src=\"{api.Address}livestreams.js\"></script>{pages.Html}";
        }

        await using var context = await chromium.NewContextAsync();
        var page = await context.NewPageAsync();
        await page.GotoAsync($"{pages.Origin}/live.html");
        Assert.Contains(Post, text, StringComparison.Ordinal);
        var url = $"{api.Address}pages/home/posts/kick-off";
        using var curl = Process.Start(
            "curl",
            ["-s", "-o", "/dev/null", "-X", "PUT", "-d", "<p>Kick-off!</p>", url]);
        await curl.WaitForExitAsync(TestContext.Current.CancellationToken);
        await client.PublishAsync("home", "1:0", query: "?event=score");

        await Assertions.Expect(page.Locator(element)).ToHaveTextAsync(
            shown,
            new LocatorAssertionsToHaveTextOptions { Timeout = 20_000 });
    }
}

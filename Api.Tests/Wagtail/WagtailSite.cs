using System.Diagnostics;
using LiveStreams.Api.Tests.Support;
using Microsoft.Playwright;

namespace LiveStreams.Api.Tests.Wagtail;

/// <summary>
/// The live page <c>final</c> of a site (<c>site.py</c>) in two tabs of Chromium. One tab follows it as
/// <c>examples/wagtail</c> says. The other passes the data of a plain <c>EventSource</c> to a reference
/// renderer (<c>reference.js</c>) that was written from the contract in docs/wagtail.md.
/// </summary>
internal sealed class WagtailSite : IAsyncDisposable
{
    private const string Channel = "final";
    private const string Folder = "Api.Tests/Wagtail";
    private readonly PageServer _pages;
    private readonly IBrowserContext _context;
    private readonly Uri _server;

    private WagtailSite(PageServer pages, IBrowserContext context, Uri server) =>
        (_pages, _context, _server) = (pages, context, server);

    public static async Task<WagtailSite> StartAsync(Chromium chromium, PageServer pages, Uri server) =>
        new(pages, await chromium.NewContextAsync(), server);

    /// <summary>
    /// A tab that follows the page as <c>examples/wagtail</c> says, with <paramref name="posts"/> in it from the start.
    /// Changes through Redis are live only.
    /// </summary>
    public async Task<IPage> OpenExampleAsync(string posts, bool isLive)
    {
        string[] options = isLive ? ["live"] : [];
        var server = _server.GetLeftPart(UriPartial.Authority);
        var tab = await OpenAsync(posts, await RunAsync("page", server, token: "", options));
        await Wait.UntilAsync(() => tab.EvaluateAsync<bool>("stream.state === 'live'"), "the page is live");
        return tab;
    }

    /// <summary>A tab with the reference renderer, which shows the same posts from the start.</summary>
    public async Task<IPage> OpenReferenceAsync(string posts)
    {
        var tab = await OpenAsync(posts, $$"""
            <script>{{await Repository.ReadAsync($"{Folder}/reference.js")}}</script>
            <script>
              const source = new EventSource('{{_server}}pages/{{Channel}}/events');
              source.onmessage = ({ data }) => render(JSON.parse(data));
            </script>
            """);
        await Wait.UntilAsync(
            () => tab.EvaluateAsync<bool>("source.readyState === EventSource.OPEN"), "the stream is open");
        return tab;
    }

    /// <summary>The tab of a new visitor: it starts with a snapshot from LiveStreams.</summary>
    public Task<IPage> OpenVisitorAsync() => OpenAsync("", $$"""
        <script src="{{_server}}livestreams.js"></script>
        <script>
          const stream = new LiveStreams.LiveStream('{{_server}}pages/{{Channel}}/events', { snapshot: true });
          new LiveStreams.LivePosts(document.querySelector('#live-posts'), { html: true }).follow(stream);
        </script>
        """);

    /// <summary>Publishes with <paramref name="publisher"/>: <c>post</c>, or <c>redis</c> with a port.</summary>
    public static Task PublishAsync(string publisher, string server, PostsChange change, string token = "") =>
        RunAsync(publisher, server, token, change.ToJson());

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();

    private async Task<IPage> OpenAsync(string posts, string scripts)
    {
        _pages.Html = $"<!doctype html><title>Final</title><body><div id=\"live-posts\">{posts}</div>{scripts}";
        var tab = await _context.NewPageAsync();
        await tab.GotoAsync($"{_pages.Origin}/final.html");
        return tab;
    }

    // Debian's Python, because ./test installs Django for that one.
    private static async Task<string> RunAsync(string command, string server, string token, params string[] changes)
    {
        var root = Path.GetDirectoryName(Repository.PathOf("LiveStreams.sln"))!;
        string[] arguments = [$"{Folder}/site.py", command, server, Channel, .. changes];
        using var site = Process.Start(new ProcessStartInfo("/usr/bin/python3", arguments)
        {
            WorkingDirectory = root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["PYTHONPATH"] = Path.Combine(root, "examples", "wagtail"),
                ["PYTHONDONTWRITEBYTECODE"] = "1",
                ["LIVESTREAMS_TOKEN"] = token,
            },
        })!;
        var error = site.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await site.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await site.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal("", await error);
        return output;
    }
}

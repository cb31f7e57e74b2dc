using LiveStreams.Api.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;

namespace LiveStreams.Api.Tests.Examples;

/// <summary>
/// A folder of <c>examples</c> on a web server, and the LiveStreams server that it uses. The files contain the address
/// of that server instead of the documented one.
/// </summary>
internal sealed class ExampleSite : IAsyncDisposable
{
    private const string DocumentedServer = "http://localhost:8080";
    private readonly WebApplication _app;
    private readonly RestartableApi _api;
    private readonly IBrowserContext _context;

    private ExampleSite(WebApplication app, RestartableApi api, IBrowserContext context) =>
        (_app, _api, _context) = (app, api, context);

    public Uri Server => _api.Current.Address;

    public static async Task<ExampleSite> StartAsync(Chromium chromium, string folder)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        ExampleSite? site = null;
        app.MapGet("/{file=index.html}", (string file) => site!.ReadAsync($"examples/{folder}/{file}"));
        await app.StartAsync(TestContext.Current.CancellationToken);
        var api = await RestartableApi.StartAsync($"--Cors:Origins={app.Urls.Single()}");
        return site = new ExampleSite(app, api, await chromium.NewContextAsync());
    }

    public async Task<IPage> OpenAsync()
    {
        var tab = await _context.NewPageAsync();
        await tab.GotoAsync($"{_app.Urls.Single()}/");
        return tab;
    }

    public Task KillAndRestartServerAsync() => _api.KillAndRestartAsync();

    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        await _app.DisposeAsync();
        _api.Dispose();
    }

    private async Task<IResult> ReadAsync(string file)
    {
        var type = Path.GetExtension(file) switch
        {
            ".js" => "text/javascript",
            ".css" => "text/css",
            _ => "text/html",
        };
        var text = await Repository.ReadAsync(file);
        var server = Server.GetLeftPart(UriPartial.Authority);
        return Results.Content(text.Replace(DocumentedServer, server, StringComparison.Ordinal), type);
    }
}

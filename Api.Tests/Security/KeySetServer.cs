using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LiveStreams.Api.Tests.Security;

/// <summary>A server that publishes a key set.</summary>
internal sealed class KeySetServer(WebApplication app) : IAsyncDisposable
{
    public IResult Response { get; set; } = Results.NoContent();

    public string Url => $"{app.Urls.Single()}/keys";

    public static async Task<KeySetServer> StartAsync(string response)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new KeySetServer(builder.Build()) { Response = Results.Text(response) };
        server.Map();
        await server.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private void Map()
    {
        app.MapGet("/keys", () => Response);
        app.MapGet("/elsewhere", () => Results.Text("""{"keys":[]}"""));
    }

    private Task StartAsync() => app.StartAsync(TestContext.Current.CancellationToken);
}

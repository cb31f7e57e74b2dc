using LiveStreams.Api.Security;
using LiveStreams.Api.TryPage;
using LiveStreams.Hosting;
using LiveStreams.Hosting.Silos;
using LiveStreams.Hosting.Telemetry;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace LiveStreams.Api.Start;

/// <summary>Says, once the server listens, where it listens, where the data is, and what to try.</summary>
internal sealed class StartMessage(
    IServer server,
    StoreDescription store,
    AnonymousPublishing anonymous,
    TryPageSetting tryPage,
    OperatorAddresses metrics,
    StartReport report,
    SiloDescription? silo = null)
    : IHostedLifecycleService
{
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        var addresses = server.Features.Get<IServerAddressesFeature>()!.Addresses
            .Where(address => !metrics.Contains(address))
            .ToList();
        var address = addresses.FirstOrDefault();
        var token = await anonymous.IsAllowed ? "" : "-H 'Authorization: Bearer TOKEN' ";
        var pages = silo is null ? "" : $"Pages: in grains; the {silo.Text}{Environment.NewLine}";
        var browser = tryPage.IsOn ? $"{Environment.NewLine}In a browser:   {address}/" : "";
        report.Write("LiveStreams", addresses, store.Text, $"""
            LiveStreams listens on {string.Join(", ", addresses)}
            Data: {store.Text}
            {pages}Watch a page:   curl -N {address}/pages/home/events
            Publish to it:  curl -d 'Is this thing on?' {token}{address}/pages/home/updates{browser}
            """);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

using LiveStreams.Api.Kestrel;
using Microsoft.AspNetCore.Hosting.Server;

namespace LiveStreams.Api.Start;

/// <summary>
/// The stop of a server that is a silo too (<c>Orleans:Silo</c>). The web server and its streams end first, in the
/// time that every server has. Then the silo hands over its pages and leaves the cluster.
/// </summary>
internal sealed class SiloShutdown(IServer server, TimeProvider time, DetachedStreams? streams = null)
    : IHostedLifecycleService
{
    /// <summary>How long the silo may take. Usually it takes about a second.</summary>
    public static readonly TimeSpan SiloTimeout = TimeSpan.FromSeconds(10);

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(ServerDefaults.ShutdownTimeout, time);
        await Task.WhenAll(server.StopAsync(limit.Token), streams?.StopAsync(limit.Token) ?? Task.CompletedTask);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

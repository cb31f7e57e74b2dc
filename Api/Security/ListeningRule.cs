using System.Net;
using LiveStreams.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace LiveStreams.Api.Security;

/// <summary>
/// Who reaches this server may publish without a token only if that is this machine alone and no key is configured, or if the settings say so. Looks where the server
/// really listens, however it was told to. A server that listens beyond this machine, without a key and without a word on anonymous publishing, does not start.
/// </summary>
internal sealed class ListeningRule(IServer server, AuthSettings settings, AnonymousPublishing anonymous) : IHostedLifecycleService
{
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        var beyond = server.Features.Get<IServerAddressesFeature>()!.Addresses.FirstOrDefault(address => !IsLoopback(address));
        if (beyond is not null && settings.Keys.Count == 0 && settings.AnonymousPublish is not true)
        {
            throw new SettingException(
                $"The server would listen on {beyond}, beyond this machine, and no key says who may publish: set Auth:Keys:0:Secret (docs/security.md), or Auth:AnonymousPublish to true if everyone may.");
        }

        var isForThisMachine = settings.AnonymousPublish is null && beyond is null && settings.Keys.Count == 0;
        anonymous.Decide(settings.AnonymousPublish ?? isForThisMachine, isForThisMachine);
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // Who may open a Unix socket, the file system says.
    private static bool IsLoopback(string address)
    {
        var binding = BindingAddress.Parse(address);
        return binding.IsUnixPipe || binding.IsNamedPipe || binding.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(binding.Host, out var ip) && IPAddress.IsLoopback(ip));
    }
}

using LiveStreams.Hosting;
using LiveStreams.Hosting.Telemetry;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace LiveStreams.Api.Security;

/// <summary>
/// Decides whether everyone may publish: if the settings say so, or if no key is configured and the server is reachable
/// from this machine alone. It looks at the addresses on which the server really listens, from whatever setting they
/// come. A server that listens beyond this machine, without a key and without that setting, does not start.
/// </summary>
internal sealed class ListeningRule(
    IServer server, AuthOptions options, AnonymousPublishing anonymous, OperatorAddresses metrics)
    : IHostedLifecycleService
{
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        var addresses = server.Features.Get<IServerAddressesFeature>()!.Addresses;
        if (FindError(addresses, options, metrics) is { } error)
        {
            throw new SettingException(error);
        }

        var isForThisMachine = options.AnonymousPublish is null
            && options.Keys.Count == 0
            && FindBeyond(addresses, metrics) is null;
        anonymous.Decide(options.AnonymousPublish ?? isForThisMachine, isForThisMachine);
        return Task.CompletedTask;
    }

    /// <summary>Why a server must not start that would listen at these addresses; null if it may.</summary>
    public static string? FindError(
        IEnumerable<string> addresses, AuthOptions options, OperatorAddresses metrics) =>
        FindBeyond(addresses, metrics) is { } beyond
            && options.Keys.Count == 0
            && options.AnonymousPublish is not true
            ? $"The server would listen on {beyond}, beyond this machine, and no key says who may publish: "
                + "set Auth:Keys:0:Secret (docs/security.md), or Auth:AnonymousPublish to true if everyone may."
            : null;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static string? FindBeyond(IEnumerable<string> addresses, OperatorAddresses metrics) =>
        addresses.FirstOrDefault(address => !metrics.Contains(address) && !ListeningUrls.IsLoopback(address));
}

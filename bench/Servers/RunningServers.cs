namespace LiveStreams.Bench.Servers;

/// <summary>The servers of one scenario that run for all of its rounds.</summary>
internal sealed class RunningServers : IAsyncDisposable
{
    private readonly Dictionary<SystemUnderTest, Server> _servers = [];

    public Server this[SystemUnderTest system] => _servers[system];

    public async Task<Server> StartAsync(SystemUnderTest system, CancellationToken cancellationToken) =>
        _servers[system] = await system.StartAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers.Values)
        {
            await server.DisposeAsync();
        }
    }
}

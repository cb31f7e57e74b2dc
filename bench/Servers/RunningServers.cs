namespace LiveStreams.Bench.Servers;

/// <summary>The processes of one scenario's contenders.</summary>
internal sealed class RunningServers : IAsyncDisposable
{
    private readonly Dictionary<Contender, Server> _servers = [];

    public Server this[Contender contender] => _servers[contender];

    public async Task<Server> StartAsync(Contender contender, CancellationToken cancellationToken) =>
        _servers[contender] = await contender.StartAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers.Values)
        {
            await server.DisposeAsync();
        }
    }
}

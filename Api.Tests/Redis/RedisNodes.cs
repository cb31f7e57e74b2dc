using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Redis;

/// <summary>Several servers that share one Redis.</summary>
internal sealed class RedisNodes : IAsyncDisposable
{
    private readonly List<InProcessApi> _servers = [];
    private readonly List<ApiClient> _clients = [];

    private RedisNodes(RedisServer server) => Redis = server;

    public RedisServer Redis { get; }

    /// <summary>A client for each node.</summary>
    public IReadOnlyList<ApiClient> Clients => _clients;

    public IReadOnlyList<InProcessApi> Servers => _servers;

    public static async Task<RedisNodes> StartAsync(int nodes, string[]? redisOptions = null, string[]? settings = null)
    {
        var started = new RedisNodes(await RedisServer.StartAsync(redisOptions ?? []));
        for (var i = 0; i < nodes; i++)
        {
            var server = await InProcessApi.StartAsync(
                [$"--Redis:Connection={started.Redis.Connection}", .. settings ?? []]);
            started._servers.Add(server);
            started._clients.Add(new ApiClient(server.Address));
        }

        return started;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            client.Dispose();
        }

        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        Redis.Dispose();
    }
}

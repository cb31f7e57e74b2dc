using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Redis;

/// <summary>Several server processes over one Redis.</summary>
internal sealed class RedisNodes : IDisposable
{
    private readonly List<ServerProcess> _processes = [];
    private readonly List<ApiClient> _clients = [];

    private RedisNodes(RedisServer server) => Redis = server;

    public RedisServer Redis { get; }

    /// <summary>A client for each node.</summary>
    public IReadOnlyList<ApiClient> Clients => _clients;

    public IReadOnlyList<ServerProcess> Processes => _processes;

    public static async Task<RedisNodes> StartAsync(int nodes, string[]? redisOptions = null, string[]? settings = null)
    {
        var started = new RedisNodes(await RedisServer.StartAsync(redisOptions ?? []));
        for (var i = 0; i < nodes; i++)
        {
            var process = await ServerProcess.StartAsync([$"--Redis:Connection={started.Redis.Connection}", .. settings ?? []]);
            started._processes.Add(process);
            started._clients.Add(new ApiClient(process.Address));
        }

        return started;
    }

    public void Dispose()
    {
        foreach (var client in _clients)
        {
            client.Dispose();
        }

        foreach (var process in _processes)
        {
            process.Dispose();
        }

        Redis.Dispose();
    }
}

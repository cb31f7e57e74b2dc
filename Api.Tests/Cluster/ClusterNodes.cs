using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Cluster;

/// <summary>Silos and servers over one Redis, which keeps everything.</summary>
internal sealed class ClusterNodes : IDisposable
{
    private readonly List<ServerProcess> _silos = [];
    private readonly List<ServerProcess> _nodes = [];
    private readonly List<ApiClient> _clients = [];
    private readonly RedisServer _redis;

    private readonly string[] _siloSettings;

    private ClusterNodes(RedisServer redis, string[] siloSettings)
    {
        _redis = redis;
        _siloSettings = siloSettings;
    }

    public IReadOnlyList<ServerProcess> Silos => _silos;

    /// <summary>A client for each server.</summary>
    public IReadOnlyList<ApiClient> Clients => _clients;

    public static async Task<ClusterNodes> StartAsync(int silos, int nodes, params string[] siloSettings)
    {
        var cluster = new ClusterNodes(await RedisServer.StartAsync("--appendonly", "yes", "--appendfsync", "always"), siloSettings);
        for (var i = 0; i < silos; i++)
        {
            await cluster.AddSiloAsync();
        }

        for (var i = 0; i < nodes; i++)
        {
            var node = await ServerProcess.StartAsync([.. ServerProcess.Unthrottled, $"--Redis:Connection={cluster._redis.Connection}", "--Pages=orleans"]);
            cluster._nodes.Add(node);
            cluster._clients.Add(new ApiClient(node.Address));
        }

        return cluster;
    }

    public async Task AddSiloAsync() => _silos.Add(await ServerProcess.StartSiloAsync([
        $"--Redis:Connection={_redis.Connection}", $"--Orleans:SiloPort={RedisServer.FreePort()}", $"--Orleans:GatewayPort={RedisServer.FreePort()}", .. _siloSettings]));

    public void Dispose()
    {
        foreach (var client in _clients)
        {
            client.Dispose();
        }

        foreach (var process in _nodes.Concat(_silos))
        {
            process.Dispose();
        }

        _redis.Dispose();
    }
}

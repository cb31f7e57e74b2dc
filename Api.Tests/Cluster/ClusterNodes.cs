namespace LiveStreams.Api.Tests.Cluster;

/// <summary>Silos and servers that share one Redis. A server may be a silo itself.</summary>
internal sealed class ClusterNodes : IDisposable
{
    private readonly List<ServerProcess> _silos = [];
    private readonly List<ServerProcess> _nodes = [];
    private readonly List<ApiClient> _clients = [];
    private readonly string[] _siloSettings;
    private readonly (string Name, string Value)[] _environment;

    /// <summary>The Redis that this cluster started and owns, if any.</summary>
    private RedisServer? _redis;

    private ClusterNodes(string connection, string[] siloSettings, (string Name, string Value)[] environment)
    {
        Connection = connection;
        _siloSettings = siloSettings;
        _environment = environment;
    }

    /// <summary>The connection string of its Redis.</summary>
    public string Connection { get; }

    public IReadOnlyList<ServerProcess> Silos => _silos;

    public IReadOnlyList<ServerProcess> Servers => _nodes;

    /// <summary>A client for each server.</summary>
    public IReadOnlyList<ApiClient> Clients => _clients;

    /// <summary>Starts a cluster with its own Redis, which persists every write.</summary>
    public static async Task<ClusterNodes> StartAsync(int silos, int nodes, params string[] siloSettings)
    {
        var redis = await RedisServer.StartAsync("--appendonly", "yes", "--appendfsync", "always");
        var cluster = new ClusterNodes(redis.Connection, siloSettings, []) { _redis = redis };
        return await cluster.StartAsync(silos, nodes);
    }

    /// <summary>Starts a cluster of servers that are silos themselves, with its own Redis.</summary>
    public static async Task<ClusterNodes> StartServersAsync(int servers)
    {
        var cluster = await StartAsync(silos: 0, nodes: 0);
        for (var i = 0; i < servers; i++)
        {
            await cluster.AddServerAsync([.. SiloPorts(), "--Orleans:Silo=true"]);
        }

        return cluster;
    }

    /// <summary>Starts a cluster that uses a Redis of the test.</summary>
    public static Task<ClusterNodes> StartWithRedisAsync(
        string connection,
        int silos,
        int nodes,
        params (string Name, string Value)[] environment) =>
        new ClusterNodes(connection, [], environment).StartAsync(silos, nodes);

    /// <summary>Starts a cluster whose first silo is another program.</summary>
    public static async Task<ClusterNodes> StartAsync(string connection, int nodes, string siloProgram)
    {
        var cluster = new ClusterNodes(connection, [], []);
        await cluster.AddSiloAsync(siloProgram);
        return await cluster.StartAsync(silos: 0, nodes);
    }

    /// <summary>Adds a silo: this build's, or that of another program.</summary>
    public async Task AddSiloAsync(string? program = null)
    {
        string[] settings =
        [
            $"--Redis:Connection={Connection}",
            .. SiloPorts(),
            .. _siloSettings,
        ];
        _silos.Add(program is null
            ? await ServerProcess.StartSiloAsync(settings, _environment)
            : await ServerProcess.StartProgramAsync(program, settings));
    }

    /// <summary>Adds a server, which is a client of the silos unless a setting makes it one.</summary>
    public async Task AddServerAsync(params string[] settings)
    {
        settings =
        [
            .. ServerProcess.Unthrottled, $"--Redis:Connection={Connection}", "--Pages=orleans", .. settings,
        ];
        var node = await ServerProcess.StartAsync(settings, _environment);
        _nodes.Add(node);
        _clients.Add(new ApiClient(node.Address));
    }

    /// <summary>The list of silos in Redis, with their status.</summary>
    public Task<string> ReadMembersAsync() => _redis!.CliAsync("HGETALL", "livestreams/members/livestreams");

    public async Task<int> CountKeysAsync(string pattern) =>
        (await _redis!.CliAsync("--scan", "--pattern", pattern)).Split('\n').Length;

    /// <summary>Kills the silo (SIGKILL) and starts it again.</summary>
    public async Task KillAndRestartSiloAsync(int silo)
    {
        await _silos[silo].KillAsync();
        _silos[silo] = await _silos[silo].RestartAsync();
    }

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

        _redis?.Dispose();
    }

    private async Task<ClusterNodes> StartAsync(int silos, int nodes)
    {
        for (var i = 0; i < silos; i++)
        {
            await AddSiloAsync();
        }

        for (var i = 0; i < nodes; i++)
        {
            await AddServerAsync();
        }

        return this;
    }

    private static string[] SiloPorts() =>
        [$"--Orleans:SiloPort={RedisServer.FreePort()}", $"--Orleans:GatewayPort={RedisServer.FreePort()}"];
}

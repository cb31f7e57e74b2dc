using System.Text.RegularExpressions;

namespace LiveStreams.TestKit;

/// <summary>
/// A master, its replicas, and three sentinels that promote a replica soon after the master has failed.
/// </summary>
public sealed partial class RedisSentinel : IAsyncLifetime
{
    private const int Sentinels = 3;
    private const int Quorum = 2;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("livestreams-sentinel-");
    private readonly List<RedisServer> _servers = [];
    private readonly List<RedisServer> _sentinels = [];
    private readonly int _replicas;
    private readonly string[] _options;

    /// <summary>With one replica, as a fixture of test classes.</summary>
    public RedisSentinel()
        : this(1)
    {
    }

    private RedisSentinel(int replicas, params string[] options) => (_replicas, _options) = (replicas, options);

    public RedisServer Master => _servers[0];

    /// <summary>The first replica.</summary>
    public RedisServer Replica => _servers[1];

    /// <summary>A connection string with which a client asks the sentinels for the master.</summary>
    public string Connection =>
        $"{string.Join(',', _sentinels.Select(sentinel => sentinel.Connection))},serviceName=mymaster";

    /// <param name="replicas">The number of replicas.</param>
    /// <param name="options">Options of the master and the replicas.</param>
    public static async Task<RedisSentinel> StartAsync(int replicas, params string[] options)
    {
        var redis = new RedisSentinel(replicas, options);
        await redis.InitializeAsync();
        return redis;
    }

    public async ValueTask InitializeAsync()
    {
        _servers.Add(await RedisServer.StartAsync(["--repl-diskless-sync-delay", "0", .. _options]));
        for (var i = 0; i < _replicas; i++)
        {
            _servers.Add(await RedisServer.StartAsync(
                ["--replicaof", $"127.0.0.1 {Master.Port}", "--repl-diskless-sync-delay", "0", .. _options]));
        }

        await WaitForReplicaAsync();
        for (var i = 0; i < Sentinels; i++)
        {
            _sentinels.Add(await StartSentinelAsync($"sentinel-{i}.conf"));
        }

        foreach (var sentinel in _sentinels)
        {
            await WaitForSentinelAsync(sentinel);
        }
    }

    /// <summary>Waits until the replicas have all data of the master: replication is asynchronous.</summary>
    public Task WaitForReplicaAsync() => Wait.UntilAsync(
        async () =>
        {
            var info = await Master.CliAsync("INFO", "replication");
            var (replicas, master) = (ReplicaOffsets().Matches(info), MasterOffset().Match(info).Groups[1].Value);
            return replicas.Count == _replicas && replicas.All(replica => replica.Groups[1].Value == master);
        },
        "the replicas have all data");

    public ValueTask DisposeAsync()
    {
        foreach (var server in _sentinels.Concat(_servers))
        {
            server.Dispose();
        }

        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task<RedisServer> StartSentinelAsync(string name)
    {
        // The sentinel writes its state to this file.
        var file = Path.Combine(_folder.FullName, name);
        await File.WriteAllTextAsync(
            file,
            $"""
            sentinel monitor mymaster 127.0.0.1 {Master.Port} {Quorum}
            sentinel down-after-milliseconds mymaster 2000
            sentinel failover-timeout mymaster 3000

            """,
            TestContext.Current.CancellationToken);
        return await RedisServer.StartAsync(file, "--sentinel");
    }

    // A sentinel that does not know the others or a replica could not take part in a failover.
    private async Task WaitForSentinelAsync(RedisServer sentinel) => await Wait.UntilAsync(
        async () => (await sentinel.CliAsync("SENTINEL", "MASTER", "mymaster")).ReplaceLineEndings("\n") is { } master
            && master.Contains($"num-slaves\n{_replicas}\n", StringComparison.Ordinal)
            && master.Contains($"num-other-sentinels\n{Sentinels - 1}\n", StringComparison.Ordinal),
        "the sentinels have found the replicas and each other");

    [GeneratedRegex(@"state=online,offset=(\d+),")]
    private static partial Regex ReplicaOffsets();

    [GeneratedRegex(@"master_repl_offset:(\d+)")]
    private static partial Regex MasterOffset();
}

using System.Text.RegularExpressions;

namespace LiveStreams.TestKit;

/// <summary>A master, its replica, and a sentinel that promotes the replica soon after the master has failed.</summary>
public sealed partial class RedisSentinel : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("livestreams-sentinel-");
    private readonly List<RedisServer> _servers = [];

    public RedisServer Master => _servers[0];

    public RedisServer Replica => _servers[1];

    private RedisServer Sentinel => _servers[2];

    /// <summary>A connection string with which a client asks the sentinel for the master.</summary>
    public string Connection => $"{Sentinel.Connection},serviceName=mymaster";

    public async ValueTask InitializeAsync()
    {
        _servers.Add(await RedisServer.StartAsync("--repl-diskless-sync-delay", "0"));
        _servers.Add(await RedisServer.StartAsync("--replicaof", $"127.0.0.1 {Master.Port}"));
        await WaitForReplicaAsync();

        // The sentinel writes its state to this file.
        var file = Path.Combine(_folder.FullName, "sentinel.conf");
        await File.WriteAllTextAsync(
            file,
            $"""
            sentinel monitor mymaster 127.0.0.1 {Master.Port} 1
            sentinel down-after-milliseconds mymaster 500
            sentinel failover-timeout mymaster 3000

            """,
            TestContext.Current.CancellationToken);
        _servers.Add(await RedisServer.StartAsync(file, "--sentinel"));
        await Wait.UntilAsync(
            async () => (await Sentinel.CliAsync("SENTINEL", "REPLICAS", "mymaster"))
                .Contains($"{Replica.Port}", StringComparison.Ordinal),
            "the sentinel has found the replica");
    }

    /// <summary>Waits until the replica has all data of the master: replication is asynchronous.</summary>
    public Task WaitForReplicaAsync() => Wait.UntilAsync(
        async () => Offsets().Match(await Master.CliAsync("INFO", "replication")) is { Success: true } offsets
            && offsets.Groups["replica"].Value == offsets.Groups["master"].Value,
        "the replica has all data");

    public ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            server.Dispose();
        }

        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    [GeneratedRegex(@"state=online,offset=(?<replica>\d+),.*offset:(?<master>\d+)\s+second_", RegexOptions.Singleline)]
    private static partial Regex Offsets();
}

using LiveStreams.Core;
using LiveStreams.TestKit.Engines;

namespace LiveStreams.Redis.Tests;

/// <summary>The Redis engine keeps the contract on a Redis Cluster too.</summary>
public sealed class RedisClusterEngineTests(RedisCluster cluster) : EngineContract, IClassFixture<RedisCluster>
{
    protected override Task<Engine> OpenAsync(HistoryOptions history) =>
        RedisEngine.OpenAsync(
            new RedisOptions { Connection = cluster.Connection, Prefix = $"{Guid.NewGuid()}:" }, history);

    protected override Task LoseAllPagesAsync() => cluster.FlushAsync();
}

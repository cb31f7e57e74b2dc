using LiveStreams.Core.Tests.Support;
using LiveStreams.Redis;

namespace LiveStreams.Core.Tests.Engines;

/// <summary>Every promise holds on a Redis Cluster too.</summary>
public sealed class RedisClusterEngineTests(RedisCluster cluster) : EngineContract, IClassFixture<RedisCluster>
{
    private protected override Task<Engine> OpenAsync(HistoryOptions history) =>
        RedisEngine.OpenAsync(new RedisOptions { Connection = cluster.Connection, Prefix = $"{Guid.NewGuid()}:" }, history);
}

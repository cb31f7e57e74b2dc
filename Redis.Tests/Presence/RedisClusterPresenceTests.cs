namespace LiveStreams.Redis.Tests.Presence;

/// <summary>Nodes over a Redis Cluster.</summary>
public sealed class RedisClusterPresenceTests(RedisCluster cluster)
    : PresenceContract(cluster.Connection), IClassFixture<RedisCluster>
{
    [Fact]
    public async Task Nodes_with_and_without_sharded_announcements_count_each_other()
    {
        var prefix = $"{Guid.NewGuid()}:";
        await using var a = await StartAsync(sharded: true);
        await using var b = await StartAsync(sharded: false);

        a.Set("home", 2);
        b.Set("home", 3);

        await Wait.UntilAsync(
            () => (a.CountElsewhere("home"), b.CountElsewhere("home")) == (3, 2), "each knows the other's streams");

        Task<PresenceNode> StartAsync(bool sharded) => PresenceNode.StartAsync(
            new RedisOptions { Connection = cluster.Connection, Prefix = prefix, ShardedAnnouncements = sharded },
            TimeProvider.System);
    }
}

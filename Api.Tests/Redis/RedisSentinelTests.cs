using LiveStreams.Api.Tests.Cluster;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Redis;

/// <summary>
/// <c>serviceName=</c> in <c>Redis:Connection</c>: Sentinel names the master, which changes in a failover.
/// </summary>
[Collection(nameof(Alone)), Trait(Tier.Name, Tier.All)]
public sealed class RedisSentinelTests : IAsyncLifetime
{
    private const int UpdatesBefore = 50;
    private const int UpdatesAfter = 50;

    private static readonly TimeSpan _maxFailoverTime = TimeSpan.FromSeconds(20);
    private readonly RedisSentinel _redis = new();

    public ValueTask InitializeAsync() => _redis.InitializeAsync();

    public ValueTask DisposeAsync() => _redis.DisposeAsync();

    [Fact]
    public async Task A_server_publishes_and_streams_again_after_a_failover_and_loses_no_replicated_update()
    {
        using var process = await ServerProcess.StartAsync(
            [.. ServerProcess.Unthrottled, $"--Redis:Connection={_redis.Connection}"]);
        using var client = new ApiClient(process.Address);

        await AssertNothingLostInAFailoverAsync(client, client);
    }

    [Fact]
    public async Task Silos_and_servers_find_each_other_and_publish_again_after_a_failover()
    {
        using var cluster = await ClusterNodes.StartWithRedisAsync(_redis.Connection, silos: 1, nodes: 2);

        await AssertNothingLostInAFailoverAsync(cluster.Clients[0], cluster.Clients[1]);

        // The cluster membership has moved to the new master too, so another silo can join.
        await cluster.AddSiloAsync();
        var members = await _redis.Replica.CliAsync("HGETALL", "livestreams/members/livestreams");
        Assert.Equal(2, members.Split("\"Status\":3").Length - 1);
    }

    private async Task AssertNothingLostInAFailoverAsync(ApiClient publisher, ApiClient subscriber)
    {
        await using var stream = await subscriber.SubscribeAsync("home");
        var acknowledged = new List<(long Sequence, string Data)>();
        for (var n = 0; n < UpdatesBefore; n++)
        {
            await PublishAsync(n);
        }

        await _redis.WaitForReplicaAsync();
        _redis.Master.Kill();
        var start = TimeProvider.System.GetTimestamp();
        await PublishAsync(UpdatesBefore);
        var failover = TimeProvider.System.GetElapsedTime(start);
        TestContext.Current.TestOutputHelper!.WriteLine($"First publish after the kill: {failover.TotalSeconds:f1} s.");
        Assert.InRange(failover, TimeSpan.Zero, _maxFailoverTime);
        for (var n = 1; n < UpdatesAfter; n++)
        {
            await PublishAsync(UpdatesBefore + n);
        }

        Assert.Equal(acknowledged, await stream.CollectAsync(acknowledged.Count));
        Assert.All(acknowledged, (update, n) => Assert.Equal(n + 1, update.Sequence));

        async Task PublishAsync(int n)
        {
            var id = await publisher.PublishUntilAnsweredAsync("home", $"{n}", $"key {n}");
            acknowledged.Add((ApiClient.SequenceOf(id), $"{n}"));
        }
    }
}

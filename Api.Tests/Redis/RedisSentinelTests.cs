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

    private const int LargeUpdates = 100;

    private static readonly string _large = new('x', 250_000);
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

    [Fact]
    public async Task A_replica_that_was_behind_takes_over_and_only_streams_of_pages_that_lost_updates_are_reset()
    {
        using var process = await ServerProcess.StartAsync(
            [.. ServerProcess.Unthrottled, $"--Redis:Connection={_redis.Connection}"]);
        using var client = new ApiClient(process.Address);
        await using var kept = new LoadSubscriber(0, await client.SubscribeAsync("kept"));
        await using var behind = new LoadSubscriber(1, await client.SubscribeAsync("behind"));
        await client.PublishAsync("kept", "first");
        await client.PublishAsync("behind", "first");
        await _redis.WaitForReplicaAsync();

        // More than the sockets between master and replica hold, which the replica would read after the master's end.
        _redis.Replica.Pause();
        for (var n = 0; n < LargeUpdates; n++)
        {
            await client.PublishAsync("behind", $"{n}{_large}");
        }

        await Wait.UntilAsync(() => behind.Count == LargeUpdates + 1, "the subscriber has seen what will be lost");
        _redis.Master.Kill();
        _redis.Replica.Resume();
        await client.PublishUntilAnsweredAsync("kept", LoadSubscriber.Last, "key");
        var id = await client.PublishUntilAnsweredAsync("behind", LoadSubscriber.Last, "key");
        await Task.WhenAll(kept.Reading, behind.Reading);

        Assert.Equal((0, 2), (kept.Resets, kept.Seen.Count));
        Assert.Equal((1, LargeUpdates + 2), (behind.Resets, behind.Seen.Count));
        Assert.InRange(ApiClient.SequenceOf(id), 2, LargeUpdates + 1);
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

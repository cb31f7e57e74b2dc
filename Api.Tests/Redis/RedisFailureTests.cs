using LiveStreams.Api.Tests.Cluster;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Redis;

/// <summary>
/// The four configurations of Redis that docs/operations.md describes, each with a failure under load
/// (<see cref="RedisLoad"/>). No stream ends or falls silent, and no update is missed or repeated.
/// </summary>
[Collection(nameof(Alone)), Trait(Tier.Name, Tier.All)]
public sealed class RedisFailureTests
{
    private const int Third = RedisLoad.Updates / 3;

    private static readonly string[] _durable = ["--appendonly", "yes", "--appendfsync", "always"];

    [Fact]
    public async Task A_Redis_with_an_append_only_file_that_hangs_drops_connections_and_is_killed_loses_nothing()
    {
        using var redis = await RedisServer.StartAsync(_durable);
        await using var load = await RedisLoad.StartAsync(redis.Connection);
        var killing = KillSubscriptionsAsync(redis, load);

        await load.UntilPublishedAsync(Third);
        redis.Pause();
        await load.UntilRefusedAsync();
        redis.Resume();
        await load.UntilPublishedAsync(2 * Third);
        await RestartAsync(redis);

        var result = await load.FinishAsync();
        result.AssertNothingLost();
        Assert.InRange(await killing, 5, int.MaxValue);
    }

    [Fact]
    public async Task A_Redis_with_TLS_and_the_documented_user_that_is_killed_loses_nothing()
    {
        using var certificate = TestCertificate.Create();
        using var acl = await DocumentedAcl.CreateAsync();
        var port = RedisServer.FreePort();
        using var redis = await RedisServer.StartAsync(
            [.. _durable, .. acl.RedisOptions, "--tls-port", $"{port}", .. certificate.RedisOptions]);
        await using var load = await RedisLoad.StartAsync(
            $"localhost:{port},ssl=true,{DocumentedAcl.Login}",
            ("SSL_CERT_FILE", certificate.CertificatePath));

        await load.UntilPublishedAsync(Third);
        await RestartAsync(redis);

        (await load.FinishAsync()).AssertNothingLost();
    }

    [Fact]
    public async Task A_failover_by_Sentinel_resets_only_the_streams_of_pages_that_lost_updates()
    {
        await using var redis = await RedisSentinel.StartAsync(
            replicas: 2, [.. _durable, "--min-replicas-to-write", "1"]);
        await using var load = await RedisLoad.StartAsync(redis.Connection);

        await load.UntilPublishedAsync(Third);
        redis.Master.Kill();

        (await load.FinishAsync()).AssertExact();
    }

    [Fact]
    public async Task A_cluster_that_moves_a_slot_and_loses_a_master_resets_only_streams_of_pages_that_lost_updates()
    {
        using var acl = await DocumentedAcl.CreateAsync();
        await using var redis = await RedisCluster.StartAsync(
            replicas: 1,
            [
                .. _durable, .. acl.RedisOptions,
                "--cluster-node-timeout", "2000", "--cluster-require-full-coverage", "no",
            ]);
        await using var load = await RedisLoad.StartAsync($"{redis.Connection},{DocumentedAcl.Login}");

        await load.UntilPublishedAsync(Third);
        var slot = await redis.SlotOfAsync($"{{{RedisLoad.PageName(0)}}}");
        var source = await redis.OwnerOfAsync(slot);
        await redis.MigrateAsync(slot, source, redis.Nodes.First(node => node != source));
        await load.UntilPublishedAsync(2 * Third);
        Assert.Equal(0, await redis.BusMessagesAsync("publish"));
        source.Kill();

        (await load.FinishAsync()).AssertExact();
        Assert.Equal(0, await redis.BusMessagesAsync("publish"));
    }

    private static async Task RestartAsync(RedisServer redis)
    {
        redis.Kill();
        await redis.StartAgainAsync();
    }

    // Kills them again and again while updates are published. Returns the number of killed connections.
    private static async Task<int> KillSubscriptionsAsync(RedisServer redis, RedisLoad load)
    {
        const int Step = RedisLoad.Updates / 20;
        var killed = 0;
        for (var published = Step; published < RedisLoad.Updates; published += Step)
        {
            await load.UntilPublishedAsync(published);
            var output = await redis.CliAsync("CLIENT", "KILL", "TYPE", "pubsub");
            killed += int.TryParse(output, out var connections) ? connections : 0;
        }

        return killed;
    }
}

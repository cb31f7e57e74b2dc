using System.Diagnostics;
using LiveStreams.Api.Tests.Cluster;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Patterns;

/// <summary>
/// In every engine, a page that is born arrives within 2 s. A stream over a pattern that is cut 100 times at random
/// moments, while 16 publishers write to more and more pages, loses nothing and repeats only what is recent.
/// </summary>
[Collection(nameof(Alone))]
[Trait(Tier.Name, Tier.All)]
public sealed class PatternResumeTests
{
    private const int Births = 5;
    private static readonly TimeSpan _birthBound = TimeSpan.FromSeconds(2);
    private static readonly string[] _noLimits = ["--Limits:ReadsPerSecondPerAddress=0"];

    [Theory]
    [InlineData("sqlite", 60)] // Longer than what a resume repeats.
    [InlineData("memory", 20)]
    public async Task In_one_process(string store, int maxNewPerStream)
    {
        await using var server = await InProcessApi.StartAsync([$"--Store={store}", .. _noLimits]);
        using var client = new ApiClient(server.Address);

        await AssertBornInTimeAsync(client, client);
        await new PatternResumeLoad([client], client) { MaxNewPerStream = maxNewPerStream }.RunAsync();
    }

    [Fact]
    public async Task Over_Redis_whose_subscription_connections_are_killed_every_second()
    {
        using var redis = await RedisServer.StartAsync();
        await using var first = await InProcessApi.StartAsync(
            [$"--Redis:Connection={redis.Connection}", .. _noLimits]);
        await using var second = await InProcessApi.StartAsync(
            [$"--Redis:Connection={redis.Connection}", .. _noLimits]);
        using ApiClient publisher = new(first.Address), subscriber = new(second.Address);

        await AssertBornInTimeAsync(publisher, subscriber);
        await new PatternResumeLoad([publisher, subscriber], subscriber)
        {
            Disturb = async _ => await redis.CliAsync("CLIENT", "KILL", "TYPE", "pubsub"),
        }.RunAsync();
    }

    [Fact]
    public async Task Over_a_Redis_Cluster_whose_subscription_connections_are_killed_every_second()
    {
        await using var redis = await RedisCluster.StartAsync(replicas: 0);
        await using var first = await InProcessApi.StartAsync(
            [$"--Redis:Connection={redis.Connection}", .. _noLimits]);
        await using var second = await InProcessApi.StartAsync(
            [$"--Redis:Connection={redis.Connection}", .. _noLimits]);
        using ApiClient publisher = new(first.Address), subscriber = new(second.Address);

        await AssertBornInTimeAsync(publisher, subscriber);
        await new PatternResumeLoad([publisher, subscriber], subscriber)
        {
            Disturb = n => redis.Nodes[n % redis.Nodes.Count].CliAsync("CLIENT", "KILL", "TYPE", "pubsub"),
        }.RunAsync();
    }

    [Fact]
    public async Task Through_grains_while_a_silo_is_killed()
    {
        using var cluster = await ClusterNodes.StartAsync(silos: 2, nodes: 2);
        await AssertBornInTimeAsync(cluster.Clients[0], cluster.Clients[1]);
        await new PatternResumeLoad(cluster.Clients, cluster.Clients[1])
        {
            Disturb = n => n == 1 ? cluster.Silos[0].KillAsync() : Task.CompletedTask,
        }.RunAsync();
    }

    private static async Task AssertBornInTimeAsync(ApiClient publisher, ApiClient subscriber)
    {
        await using var stream = await subscriber.SubscribeToPatternAsync("birth:*");
        var slowest = TimeSpan.Zero;
        for (var n = 0; n < Births; n++)
        {
            var time = Stopwatch.StartNew();
            await publisher.PublishAsync($"birth:{n}", "born");
            Assert.Equal($"birth:{n}", (await stream.NextPageEventAsync()).Page);
            slowest = time.Elapsed > slowest ? time.Elapsed : slowest;
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"the slowest birth took {slowest.TotalMilliseconds:0} ms");
        Assert.InRange(slowest, TimeSpan.Zero, _birthBound);
    }
}

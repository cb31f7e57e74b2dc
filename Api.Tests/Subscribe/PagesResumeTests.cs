using LiveStreams.Api.Tests.Cluster;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Subscribe;

/// <summary>
/// One stream over 50 pages that is cut 200 times at random moments, while 16 publishers write: every update arrives
/// once, and in the order of its page.
/// </summary>
[Collection(nameof(Alone))]
public sealed class PagesResumeTests
{
    private static readonly string[] _noLimits =
    [
        "--Limits:ReadsPerSecondPerAddress=0", "--Limits:PublishesPerSecond=0", "--Limits:PublishesPerSecondPerPage=0",
    ];

    [Theory]
    [InlineData("sqlite")]
    [InlineData("memory")]
    public async Task In_one_process(string store)
    {
        await using var server = await InProcessApi.StartAsync([$"--Store={store}", .. _noLimits]);
        using var client = new ApiClient(server.Address);

        await new PagesResumeLoad([client], client).RunAsync();
    }

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task Over_Redis_whose_subscription_connections_are_killed_every_second()
    {
        using var redis = await RedisServer.StartAsync();
        await using var first = await InProcessApi.StartAsync(
            [$"--Redis:Connection={redis.Connection}", .. _noLimits]);
        await using var second = await InProcessApi.StartAsync(
            [$"--Redis:Connection={redis.Connection}", .. _noLimits]);
        using ApiClient publisher = new(first.Address), subscriber = new(second.Address);

        await new PagesResumeLoad([publisher, subscriber], subscriber)
        {
            Disturb = async _ => await redis.CliAsync("CLIENT", "KILL", "TYPE", "pubsub"),
        }.RunAsync();
    }

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task Over_a_Redis_Cluster_whose_subscription_connections_are_killed_every_second()
    {
        await using var redis = await RedisCluster.StartAsync(replicas: 0);
        await using var first = await InProcessApi.StartAsync(
            [$"--Redis:Connection={redis.Connection}", .. _noLimits]);
        await using var second = await InProcessApi.StartAsync(
            [$"--Redis:Connection={redis.Connection}", .. _noLimits]);
        using ApiClient publisher = new(first.Address), subscriber = new(second.Address);

        await new PagesResumeLoad([publisher, subscriber], subscriber)
        {
            Disturb = n => redis.Nodes[n % redis.Nodes.Count].CliAsync("CLIENT", "KILL", "TYPE", "pubsub"),
        }.RunAsync();
    }

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task Through_grains_while_a_silo_is_killed()
    {
        using var cluster = await ClusterNodes.StartAsync(silos: 2, nodes: 2);
        await new PagesResumeLoad(cluster.Clients, cluster.Clients[1])
        {
            Disturb = n => n == 1 ? cluster.Silos[0].KillAsync() : Task.CompletedTask,
        }.RunAsync();
    }
}

using LiveStreams.Api.Tests.Cluster;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Subscribe;

/// <summary>The servers of an engine, and what disturbs them while a load runs.</summary>
/// <param name="Publishers">Clients of all servers.</param>
/// <param name="DisturbAsync">Is called every second with a running number.</param>
internal sealed record DisturbedEngine(IReadOnlyList<ApiClient> Publishers, Func<int, Task> DisturbAsync)
{
    private static readonly string[] _noLimits =
    [
        "--Limits:ReadsPerSecondPerAddress=0", "--Limits:PublishesPerSecond=0", "--Limits:PublishesPerSecondPerPage=0",
    ];

    /// <summary>The client that reads: of another server than the first publishers', if there are several.</summary>
    public ApiClient Subscriber => Publishers[^1];

    /// <summary>One server, undisturbed.</summary>
    public static async Task RunAsync(string store, Func<DisturbedEngine, Task> run)
    {
        await using var server = await InProcessApi.StartAsync([$"--Store={store}", .. _noLimits]);
        using var client = new ApiClient(server.Address);
        await run(new DisturbedEngine([client], _ => Task.CompletedTask));
    }

    /// <summary>Two servers over a Redis that kills their subscription connections every second.</summary>
    public static async Task RunOverRedisAsync(Func<DisturbedEngine, Task> run)
    {
        using var redis = await RedisServer.StartAsync();
        await RunOverRedisAsync(redis.Connection, _ => KillSubscriptionsAsync(redis), run);
    }

    /// <summary>The same over a Redis Cluster, whose nodes take turns.</summary>
    public static async Task RunOverRedisClusterAsync(Func<DisturbedEngine, Task> run)
    {
        await using var redis = await RedisCluster.StartAsync(replicas: 0);
        await RunOverRedisAsync(
            redis.Connection, n => KillSubscriptionsAsync(redis.Nodes[n % redis.Nodes.Count]), run);
    }

    /// <summary>Two servers and two silos, one of which is killed.</summary>
    public static async Task RunThroughGrainsAsync(Func<DisturbedEngine, Task> run)
    {
        using var cluster = await ClusterNodes.StartAsync(silos: 2, nodes: 2);
        await run(new DisturbedEngine(
            cluster.Clients, n => n == 1 ? cluster.Silos[0].KillAsync() : Task.CompletedTask));
    }

    private static Task<string> KillSubscriptionsAsync(RedisServer redis) =>
        redis.CliAsync("CLIENT", "KILL", "TYPE", "pubsub");

    private static async Task RunOverRedisAsync(
        string connection, Func<int, Task> disturbAsync, Func<DisturbedEngine, Task> run)
    {
        string[] settings = [$"--Redis:Connection={connection}", .. _noLimits];
        await using var first = await InProcessApi.StartAsync(settings);
        await using var second = await InProcessApi.StartAsync(settings);
        using ApiClient publisher = new(first.Address), subscriber = new(second.Address);
        await run(new DisturbedEngine([publisher, subscriber], disturbAsync));
    }
}

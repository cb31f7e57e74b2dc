using LiveStreams.Core;
using LiveStreams.Core.Metrics;
using LiveStreams.Core.Posts;
using LiveStreams.Redis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.TestingHost;

namespace LiveStreams.Grains.Tests.Support;

/// <summary>Silos and a client in this process, on a real redis-server.</summary>
public sealed class TestSilos : IAsyncDisposable
{
    private readonly RedisConnection _connection;

    private TestSilos(RedisConnection connection, InProcessTestCluster cluster, CountingLog log)
    {
        _connection = connection;
        Cluster = cluster;
        Log = log;
        Pages = new GrainPublishRouter(cluster.Client, ServerMetrics.CreateUnread(), TimeProvider.System);
    }

    public InProcessTestCluster Cluster { get; }

    /// <summary>The log that all silos share.</summary>
    public CountingLog Log { get; }

    /// <summary>Publishes through the grains, as the client of the cluster.</summary>
    public GrainPublishRouter Pages { get; }

    public static async Task<TestSilos> StartAsync(RedisServer redis, short silos = 2)
    {
        var options = new RedisOptions { Connection = redis.Connection };
        var connection = await RedisConnection.OpenAsync(
            options, ServerMetrics.CreateUnread(), NullLogger<RedisConnection>.Instance);
        var history = new HistoryOptions { MaxUpdates = 100_000 };
        var posts = new PostOptions();
        var log = new CountingLog(new RedisLog(connection, history, posts, TimeProvider.System));
        var builder = new InProcessTestClusterBuilder(silos);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddSingleton<IPageLog>(log).AddSingleton(posts).AddSingleton(TimeProvider.System)
                .AddSingleton(ServerMetrics.CreateUnread());
            silo.AddPageUpdates();
        });
        builder.ConfigureClient(client => client.AddPageUpdates());
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return new TestSilos(connection, cluster, log);
    }

    public async ValueTask DisposeAsync()
    {
        await Cluster.DisposeAsync();
        _connection.Dispose();
    }
}

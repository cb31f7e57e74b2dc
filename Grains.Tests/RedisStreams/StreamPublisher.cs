using System.Text;
using LiveStreams.Core.Posts;
using LiveStreams.Core;
using LiveStreams.Redis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LiveStreams.Grains.Tests.RedisStreams;

/// <summary>Another service of the cluster, set up as docs/operations.md says, which publishes through the stream; and a look at what has come of it.</summary>
internal sealed class StreamPublisher : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly RedisConnection _connection;
    private readonly RedisLog _log;

    private StreamPublisher(IHost host, RedisConnection connection)
    {
        _host = host;
        _connection = connection;
        _log = new RedisLog(connection, new HistoryOptions(), new PostOptions(), TimeProvider.System);
    }

    public static async Task<StreamPublisher> StartAsync(RedisServer redis, string streams)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Redis:Connection"] = redis.Connection, ["Orleans:Streams"] = streams });
        builder.Services.AddSingleton(TimeProvider.System);
        builder.UseOrleansClient(client =>
        {
            client.UsePageCluster(builder.Configuration);
            client.AddPageUpdates(builder.Configuration);
        });
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return new StreamPublisher(host, await RedisConnection.OpenAsync(new RedisOptions { Connection = redis.Connection }, NullLogger<RedisConnection>.Instance));
    }

    public Task PutAsync(PageId page, string data) => _host.Services.GetRequiredService<IClusterClient>()
        .GetStreamProvider(PageUpdatesSubscriber.Namespace)
        .GetStream<DraftMessage>(StreamId.Create(PageUpdatesSubscriber.Namespace, page.Value))
        .OnNextAsync(new DraftMessage(Encoding.UTF8.GetBytes(data), Event: null, Key: null, Keep: true));

    public async Task<IReadOnlyList<Update>> HistoryAsync(PageId page) =>
        (await _log.ReadAsync(page, UpdateId.None, 1000, TestContext.Current.CancellationToken)).Updates;

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        _connection.Dispose();
    }
}

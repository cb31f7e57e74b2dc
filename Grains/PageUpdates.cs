using Microsoft.Extensions.Configuration;
using Orleans.Streams;

namespace LiveStreams.Grains;

/// <summary>
/// The streams by which other services of the cluster publish (<see cref="PageUpdatesSubscriber"/>), where <c>Orleans:Streams</c> says. All that the pages
/// need is known without a list of subscribers, so none is kept.
/// </summary>
public static class PageUpdates
{
    public static void AddPageUpdates(this ISiloBuilder silo, IConfiguration configuration)
    {
        if (AreInRedis(configuration))
        {
            silo.AddRedisPageUpdates(configuration);
        }
        else
        {
            silo.AddMemoryStreams(PageUpdatesSubscriber.Namespace, streams => streams.ConfigureStreamPubSub(StreamPubSubType.ImplicitOnly));
        }
    }

    /// <summary>For a service that publishes: the same settings as the silos'.</summary>
    public static void AddPageUpdates(this IClientBuilder client, IConfiguration configuration)
    {
        if (AreInRedis(configuration))
        {
            client.AddRedisPageUpdates(configuration);
        }
        else
        {
            client.AddMemoryStreams(PageUpdatesSubscriber.Namespace, streams => streams.ConfigureStreamPubSub(StreamPubSubType.ImplicitOnly));
        }
    }

    private static bool AreInRedis(IConfiguration configuration) => PageCluster.Settings(configuration).Streams == ClusterSettings.RedisStreams;
}

using Orleans.Streams;

namespace LiveStreams.Grains;

/// <summary>
/// The streams by which other services of the cluster publish (<see cref="PageUpdatesSubscriber"/>). Their items wait
/// in the silos' memory. Every page subscribes implicitly, so no list of subscribers is kept.
/// </summary>
public static class PageUpdates
{
    public static void AddPageUpdates(this ISiloBuilder silo) =>
        silo.AddMemoryStreams(
            PageUpdatesSubscriber.Namespace, streams => streams.ConfigureStreamPubSub(StreamPubSubType.ImplicitOnly));

    /// <summary>For a service that publishes through the streams.</summary>
    public static void AddPageUpdates(this IClientBuilder client) =>
        client.AddMemoryStreams(
            PageUpdatesSubscriber.Namespace, streams => streams.ConfigureStreamPubSub(StreamPubSubType.ImplicitOnly));
}

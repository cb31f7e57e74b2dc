using LiveStreams.Core;
using Microsoft.Extensions.Configuration;
using Orleans.Configuration;
using Orleans.Streams;

namespace LiveStreams.Grains;

/// <summary>
/// <c>Orleans:Streams=redis</c>: items wait in Redis, in eight streams <c>&lt;ServiceId&gt;/streaming/page-updates/…</c>, until they are published, whatever
/// becomes of the silos. Compiled where the package feed has Redis streams.
/// </summary>
internal static class RedisStreams
{
    /// <summary>
    /// Items kept in each of the eight, about: without a bound they would stay for ever, also when they are published. One that has not been
    /// when so many have come after it is lost.
    /// </summary>
    private const int MaxItems = 10_000;

    /// <summary>
    /// How long an item is tried again that the store does not take; then it is dropped. Not longer than its key is remembered, by which it is published
    /// once if only the answer was lost.
    /// </summary>
    private static readonly TimeSpan _deliveryTimeout = UpdateDraft.KeyLifetime;

    /// <summary>
    /// A silo notes how far it has come at once. The default is every 5 s at most, and only when items come: a silo that was killed an hour after the
    /// last would have had them published again, when no key is remembered any more.
    /// </summary>
    private static readonly TimeSpan _checkpointInterval = TimeSpan.Zero;

    public static void AddRedisPageUpdates(this ISiloBuilder silo, IConfiguration configuration) => silo.AddRedisStreams(PageUpdatesSubscriber.Namespace, streams =>
    {
        streams.ConfigureOptions((options, _) => Configure(options, configuration));
        streams.ConfigureStreamPubSub(StreamPubSubType.ImplicitOnly);
        streams.ConfigurePullingAgent(agent => agent.Configure(options => options.MaxEventDeliveryTime = _deliveryTimeout));
    });

    public static void AddRedisPageUpdates(this IClientBuilder client, IConfiguration configuration) => client.AddRedisStreams(PageUpdatesSubscriber.Namespace, streams =>
    {
        streams.ConfigureOptions((options, _) => Configure(options, configuration));
        streams.ConfigureStreamPubSub(StreamPubSubType.ImplicitOnly);
    });

    private static void Configure(RedisStreamingOptions options, IConfiguration configuration)
    {
        options.ConfigurationOptions = PageCluster.Redis(configuration);
        options.MaxStreamLength = MaxItems;
        options.CheckpointPersistInterval = _checkpointInterval;
    }
}

using LiveStreams.Core;
using LiveStreams.Core.FanOut;

namespace LiveStreams.Api.Presence;

/// <summary>
/// Reports this node's streams to the other nodes while the process runs. When it begins to stop, its streams no longer
/// count.
/// </summary>
internal sealed class PresenceService(IPresence presence, FeedRegistry feeds, IHostApplicationLifetime lifetime)
    : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        presence.RunAsync(feeds.ReadSubscriberCounts, lifetime.ApplicationStopping);
}

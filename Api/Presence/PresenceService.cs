using LiveStreams.Core;
using LiveStreams.Core.FanOut;

namespace LiveStreams.Api.Presence;

/// <summary>
/// Reports this node's streams to the other nodes until the process stops and they have ended. Those that do not end
/// no longer count.
/// </summary>
internal sealed class PresenceService(IPresence presence, FeedRegistry feeds) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        presence.RunAsync(feeds.ReadSubscriberCounts, stoppingToken);
}

using LiveStreams.Api.Tests.Subscribe;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Cluster;

/// <summary>A reset of a page that is a grain skips nothing that is kept.</summary>
[Collection(nameof(Alone))]
public sealed class ClusterResetTests
{
    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task Subscribers_receive_what_is_kept_after_history_is_trimmed_and_after_the_page_is_lost()
    {
        using var redis = await RedisServer.StartAsync();
        using var cluster = await ClusterNodes.StartWithRedisAsync(
            redis.Connection, silos: 1, nodes: 2, ("History__MaxUpdates", "10"));

        await KeptUpdates.AssertReceivedAfterResetAsync(cluster.Clients[0], cluster.Clients[1]);

        // FLUSHALL would delete the list of silos too.
        await LostPage.AssertFirstUpdateReceivedAsync(
            cluster.Clients[0],
            cluster.Clients[1],
            () => redis.CliAsync("DEL", "livestreams:{home}:meta", "livestreams:{home}:log"));
    }
}

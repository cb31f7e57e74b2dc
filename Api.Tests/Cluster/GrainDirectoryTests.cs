using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Cluster;

/// <summary>The setting <c>Orleans:GrainDirectory</c>.</summary>
[Collection(nameof(Alone))]
public sealed class GrainDirectoryTests
{
    private const int Pages = 8;

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task With_the_directory_in_redis_pages_of_a_killed_silo_are_activated_on_another()
    {
        using var cluster = await ClusterNodes.StartAsync(silos: 2, nodes: 1, "--Orleans:GrainDirectory=redis");
        await PublishToAllAsync(cluster, "before");
        var registered = await cluster.CountKeysAsync("livestreams/directory/*");
        Assert.True(registered >= Pages, $"{registered} grains are registered in Redis.");

        await cluster.Silos[0].KillAsync();
        await PublishToAllAsync(cluster, "after");

        for (var page = 0; page < Pages; page++)
        {
            await using var stream = await cluster.Clients[0].SubscribeAsync($"page {page}", query: "?from=earliest");
            Assert.Equal([(1, "before"), (2, "after")], await stream.CollectAsync(2));
        }
    }

    [Fact]
    public async Task An_unknown_directory_stops_the_start()
    {
        var (exitCode, output) = await ServerProcess.FailSiloAsync(
            "--Redis:Connection=localhost:1", "--Orleans:GrainDirectory=disk");

        Assert.Equal(1, exitCode);
        Assert.StartsWith(
            "Failed to convert configuration value 'disk' at 'Orleans:GrainDirectory' to type ", output);
    }

    private static Task<string[]> PublishToAllAsync(ClusterNodes cluster, string data) => Task.WhenAll(
        Enumerable.Range(0, Pages).Select(page =>
            cluster.Clients[0].PublishUntilAnsweredAsync($"page {page}", data, key: data)));
}

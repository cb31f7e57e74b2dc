using LiveStreams.Api.Tests.Subscribe;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Redis;

/// <summary>A reset over Redis and Redis Cluster skips nothing that is kept.</summary>
public sealed class RedisResetTests(RedisCluster cluster) : IClassFixture<RedisCluster>
{
    [Fact]
    public async Task A_live_subscriber_receives_the_first_update_after_a_flush()
    {
        await using var nodes = await RedisNodes.StartAsync(2);

        await LostPage.AssertFirstUpdateReceivedAsync(
            nodes.Clients[0], nodes.Clients[1], () => nodes.Redis.CliAsync("FLUSHALL"));
    }

    [Fact]
    public async Task A_live_subscriber_receives_the_first_update_after_a_flush_of_a_redis_cluster()
    {
        await using var api = await InProcessApi.StartAsync($"--Redis:Connection={cluster.Connection}");
        using var client = new ApiClient(api.Address);

        await LostPage.AssertFirstUpdateReceivedAsync(client, client, cluster.FlushAsync);
    }

    [Fact]
    public async Task A_position_at_the_first_of_30_updates_receives_the_ten_kept_ones()
    {
        await using var nodes = await RedisNodes.StartAsync(2, settings: [KeptUpdates.Setting]);

        await KeptUpdates.AssertReceivedAfterResetAsync(nodes.Clients[0], nodes.Clients[1]);
    }

    [Fact]
    public Task A_position_at_the_first_of_30_updates_receives_the_ten_kept_ones_over_a_redis_cluster() =>
        KeptUpdates.AssertReceivedAfterResetAsync([$"--Redis:Connection={cluster.Connection}"]);

    [Fact]
    public async Task History_that_another_program_removes_is_counted_as_missed()
    {
        await using var nodes = await RedisNodes.StartAsync(1);
        var first = await nodes.Clients[0].PublishAsync("home", "1");
        foreach (var data in (string[])["2", "3", "4"])
        {
            await nodes.Clients[0].PublishAsync("home", data);
        }

        await nodes.Redis.CliAsync("XDEL", "livestreams:{home}:log", "2-0", "3-0");
        await using var stream = await nodes.Clients[0].SubscribeAsync("home", first);

        var expected = new Reset("trimmed", first.Replace("-1", "-3", StringComparison.Ordinal), Missed: 2);
        Assert.Equal(expected, Reset.Parse(await stream.NextAsync()));
        Assert.Equal("4", (await stream.NextAsync()).Data);
    }
}

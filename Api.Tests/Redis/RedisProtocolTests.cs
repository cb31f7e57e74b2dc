namespace LiveStreams.Api.Tests.Redis;

/// <summary><c>protocol=</c> in <c>Redis:Connection</c>, and the number of connections that result from it.</summary>
public sealed class RedisProtocolTests
{
    [Theory]
    [InlineData("", 3, 2)]
    [InlineData(",protocol=resp2", 2, 2)]
    [InlineData(",protocol=resp3", 3, 2)]
    [InlineData(",protocol=resp3,sharedSubscriptionConnection=true", 3, 1)]
    public async Task A_server_publishes_streams_and_recovers_from_killed_connections(
        string options,
        int resp,
        int connections)
    {
        using var redis = await RedisServer.StartAsync();
        using var process = await ServerProcess.StartAsync($"--Redis:Connection={redis.Connection}{options}");
        using var client = new ApiClient(process.Address);
        await using var stream = await client.SubscribeAsync("home");
        await client.PublishAsync("home", "before");
        Assert.Equal("before", (await stream.NextAsync()).Data);
        Assert.Equal(connections, await CountConnectionsAsync(redis, resp));

        foreach (var type in new[] { "pubsub", "normal" })
        {
            await redis.CliAsync("CLIENT", "KILL", "TYPE", type);
            await client.PublishUntilAnsweredAsync("home", $"after {type}", type);
            Assert.Equal($"after {type}", (await stream.NextAsync()).Data);
        }

        await Wait.UntilAsync(
            async () => await CountConnectionsAsync(redis, resp) == connections,
            "as many connections as before");
    }

    private static async Task<int> CountConnectionsAsync(RedisServer redis, int resp) =>
        (await redis.CliAsync("CLIENT", "LIST")).Split('\n').Count(
            line => line.Contains(" name=LiveStreams ", StringComparison.Ordinal)
                && line.Contains($" resp={resp}", StringComparison.Ordinal));
}

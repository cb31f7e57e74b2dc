using LiveStreams.Core.Metrics;
using Microsoft.Extensions.Logging.Abstractions;

namespace LiveStreams.Redis.Tests;

/// <summary>Subscriptions have a connection of their own, which may be slower than the one for commands.</summary>
public sealed class SubscriptionCheckTests(SharedRedis redis) : IClassFixture<SharedRedis>
{
    [Fact]
    public async Task The_start_waits_for_the_connection_that_carries_subscriptions()
    {
        await using var proxy = new BreakableProxy(new Uri($"tcp://{redis.Server.Connection}")) { ServedAtOnce = 1 };
        var options = new RedisOptions { Connection = $"127.0.0.1:{proxy.Port},connectTimeout=1500" };
        var opening = RedisConnection.OpenAsync(
            options, ServerMetrics.CreateUnread(), NullLogger<RedisConnection>.Instance);

        // The client no longer waits for the second connection, and calls itself connected.
        await Wait.UntilAsync(HasRunScriptAsync, "the first check runs");
        Assert.NotEqual(0, proxy.Held);
        proxy.Release();

        using var connection = await opening;
    }

    private async Task<bool> HasRunScriptAsync() =>
        (await redis.Server.CliAsync("INFO", "commandstats")).Contains("cmdstat_eval", StringComparison.Ordinal);
}

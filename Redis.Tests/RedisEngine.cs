using LiveStreams.Core;
using LiveStreams.Core.Metrics;
using LiveStreams.TestKit.Engines;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LiveStreams.Redis.Tests;

/// <summary>Opens the Redis engine as a server process does.</summary>
internal static class RedisEngine
{
    /// <summary>The maximum size of a message from another program.</summary>
    public const int MaxForeignBytes = 1000;

    public static async Task<Engine> OpenAsync(RedisOptions options, HistoryOptions history)
    {
        var time = new FakeTimeProvider();
        var connection = await RedisConnection.OpenAsync(
            options, ServerMetrics.CreateUnread(), NullLogger<RedisConnection>.Instance);
        var foreign = new ForeignMessageFilter(
            MaxForeignBytes, ServerMetrics.CreateUnread(), NullLogger<ForeignMessageFilter>.Instance);
        var bus = new RedisBus(connection, foreign, time);
        var posts = Engine.NewPostOptions();
        var log = new RedisLog(connection, history, posts, time);
        var index = new RedisIndex(connection, time);
        return new Engine(log, bus, time, history, posts) { Index = index, Connection = connection };
    }
}

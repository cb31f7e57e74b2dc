using LiveStreams.Core;
using LiveStreams.TestKit.Engines;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LiveStreams.Redis.Tests;

/// <summary>Opens the Redis engine as one process does.</summary>
internal static class RedisEngine
{
    /// <summary>The largest message of another program.</summary>
    public const int MaxForeignBytes = 1000;

    public static async Task<Engine> OpenAsync(RedisOptions options, HistoryOptions history)
    {
        var time = new FakeTimeProvider();
        var connection = await RedisConnection.OpenAsync(options, NullLogger<RedisConnection>.Instance);
        var bus = new RedisBus(connection, new ForeignMessageFilter(MaxForeignBytes, NullLogger<ForeignMessageFilter>.Instance), time);
        var posts = Engine.NewPostOptions();
        return new Engine(new RedisLog(connection, history, posts, time), bus, time, history, posts) { Connection = connection };
    }
}

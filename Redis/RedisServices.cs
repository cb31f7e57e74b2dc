using LiveStreams.Core;
using LiveStreams.Core.Metrics;
using LiveStreams.Redis.Presence;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LiveStreams.Redis;

/// <summary>
/// Registers the Redis engine. The host registers <see cref="RedisOptions"/>, <see cref="HistoryOptions"/>,
/// <see cref="Core.Posts.PostOptions"/> and <see cref="TimeProvider"/>.
/// </summary>
public static class RedisServices
{
    /// <summary>
    /// Adds <see cref="RedisLog"/>, <see cref="RedisIndex"/>, and the connection, which is opened when it is first
    /// resolved.
    /// </summary>
    public static void AddRedisLog(this IServiceCollection services)
    {
        services.AddSingleton(provider =>
        {
            var options = provider.GetRequiredService<RedisOptions>();
            var logger = provider.GetRequiredService<ILogger<RedisConnection>>();
            var metrics = provider.GetRequiredService<ServerMetrics>();
            return RedisConnection.OpenAsync(options, metrics, logger).GetAwaiter().GetResult();
        });
        services.AddSingleton<RedisLog>();
        services.AddSingleton<RedisIndex>();
    }

    /// <summary>
    /// Adds <see cref="RedisBus"/> and <see cref="RedisPresence"/>. Needs <see cref="AddRedisLog"/>.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="maxForeignBytes">The largest message from another program that is streamed, in bytes.</param>
    public static void AddRedisBus(this IServiceCollection services, Func<IServiceProvider, int> maxForeignBytes)
    {
        services.AddSingleton(provider =>
        {
            var logger = provider.GetRequiredService<ILogger<ForeignMessageFilter>>();
            return new ForeignMessageFilter(
                maxForeignBytes(provider), provider.GetRequiredService<ServerMetrics>(), logger);
        });
        services.AddSingleton<IPageBus, RedisBus>();
        services.AddSingleton<IPresence, RedisPresence>();
    }
}

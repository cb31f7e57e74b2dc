using LiveStreams.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LiveStreams.Redis;

/// <summary>The Redis engine, for whoever hosts it. Needs <see cref="RedisOptions"/>, <see cref="HistoryOptions"/> and a clock.</summary>
public static class RedisServices
{
    /// <summary>The connection, made when it is first asked for, and the log.</summary>
    public static void AddRedisLog(this IServiceCollection services)
    {
        services.AddSingleton(provider => RedisConnection.OpenAsync(
            provider.GetRequiredService<RedisOptions>(), provider.GetRequiredService<ILogger<RedisConnection>>()).GetAwaiter().GetResult());
        services.AddSingleton<IPageLog, RedisLog>();
    }

    /// <summary>The bus; <paramref name="maxForeignBytes"/> is the largest message of another program that is streamed.</summary>
    public static void AddRedisBus(this IServiceCollection services, Func<IServiceProvider, int> maxForeignBytes)
    {
        services.AddSingleton(provider => new ForeignMessages(maxForeignBytes(provider), provider.GetRequiredService<ILogger<ForeignMessages>>()));
        services.AddSingleton<IPageBus, RedisBus>();
    }
}

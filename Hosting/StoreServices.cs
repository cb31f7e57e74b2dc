using System.Diagnostics.Metrics;
using LiveStreams.Core;
using LiveStreams.Core.Listing;
using LiveStreams.Core.Memory;
using LiveStreams.Core.Metrics;
using LiveStreams.Core.Posts;
using LiveStreams.Redis;
using LiveStreams.Sqlite;

namespace LiveStreams.Hosting;

/// <summary>What keeps the pages (<c>Store</c>).</summary>
public enum StoreKind
{
    Sqlite,
    Redis,
    Memory,
}

/// <summary>Where the data is, in words for the start message.</summary>
public sealed record StoreDescription(string Text);

/// <summary>
/// The one place that knows the engines behind <see cref="IPageLog"/>, <see cref="IPageBus"/>,
/// <see cref="IPageIndex"/> and <see cref="IPresence"/>.
/// </summary>
public static class StoreServices
{
    /// <summary>
    /// Reads <c>Store</c>. Unless it is set, the store is Redis if <c>Redis:Connection</c> is set, and SQLite if not.
    /// </summary>
    /// <exception cref="SettingException">There is no such store, or it needs Redis and no Redis is set.</exception>
    public static StoreKind ReadKind(IConfiguration configuration) => configuration["Store"] switch
    {
        null => HasRedis(configuration) ? StoreKind.Redis : StoreKind.Sqlite,
        "sqlite" => StoreKind.Sqlite,
        "redis" when HasRedis(configuration) => StoreKind.Redis,
        "redis" => throw new SettingException(
            "Store is 'redis', but Redis:Connection is not set. Set it, for example to localhost:6379."),
        "memory" => StoreKind.Memory,
        var other => throw new SettingException($"Store must be 'sqlite', 'redis' or 'memory', not '{other}'."),
    };

    /// <summary>
    /// Adds the log, the bus, the index, the presence and the <see cref="StoreDescription"/> of a server.
    /// </summary>
    /// <param name="builder">The server's builder.</param>
    /// <param name="maxForeignBytes">
    /// The largest message from another program that is streamed from <c>Redis:ForeignChannels</c>.
    /// </param>
    /// <exception cref="SettingException">See <see cref="ReadKind"/>.</exception>
    public static void AddStore(this WebApplicationBuilder builder, Func<IServiceProvider, int> maxForeignBytes)
    {
        builder.Services.AddPageOptions();
        var kind = ReadKind(builder.Configuration);
        builder.Services.AddServerMetrics(kind);
        switch (kind)
        {
            case StoreKind.Sqlite:
                builder.Services.AddSqlite();
                break;
            case StoreKind.Redis:
                builder.Services.AddRedis();
                builder.Services.AddBoundedReads<RedisLog, RedisIndex>();
                builder.Services.AddRedisBus(maxForeignBytes);
                break;
            case StoreKind.Memory:
                builder.Services.AddMemory();
                break;
        }
    }

    /// <summary>Adds the log and the <see cref="StoreDescription"/> of a silo, which subscribes to nothing.</summary>
    /// <exception cref="SettingException"><c>Redis:Connection</c> is not set.</exception>
    public static void AddSiloStore(this WebApplicationBuilder builder)
    {
        if (!HasRedis(builder.Configuration))
        {
            throw new SettingException("A silo needs Redis: set Redis:Connection, for example to localhost:6379.");
        }

        builder.Services.AddPageOptions();
        builder.Services.AddServerMetrics(StoreKind.Redis);
        builder.Services.AddRedis();
        builder.Services.AddSingleton<IPageLog>(provider => provider.GetRequiredService<RedisLog>());
    }

    private static bool HasRedis(IConfiguration configuration) => configuration["Redis:Connection"] is { Length: > 0 };

    private static void AddPageOptions(this IServiceCollection services)
    {
        services.AddSection<HistoryOptions>("History");
        services.AddSection<PostOptions>("Posts");
    }

    // The factory keeps the meter, and disposes it.
    private static void AddServerMetrics(this IServiceCollection services, StoreKind kind) =>
        services.AddSingleton(provider => new ServerMetrics(
            provider.GetRequiredService<IMeterFactory>().Create(ServerMetrics.MeterName),
            kind.ToString().ToLowerInvariant()));

    private static void AddSqlite(this IServiceCollection services)
    {
        services.AddLocalBus();
        services.AddSection<SqliteOptions>("Sqlite");
        services.AddSingleton<SqliteLog>();
        services.AddBoundedReads<SqliteLog, SqliteLog>();
        services.AddSingleton(provider =>
            new StoreDescription(Path.GetFullPath(provider.GetRequiredService<SqliteOptions>().Path)));
    }

    private static void AddRedis(this IServiceCollection services)
    {
        services.AddSection<RedisOptions>("Redis");
        services.AddRedisLog();
        services.AddSingleton(provider =>
            new StoreDescription($"Redis at {provider.GetRequiredService<RedisConnection>().Servers}"));
    }

    private static void AddMemory(this IServiceCollection services)
    {
        services.AddLocalBus();
        services.AddSingleton<MemoryLog>();
        services.AddBoundedReads<MemoryLog, MemoryLog>();
        services.AddSingleton(new StoreDescription("in memory only; history ends with the process"));
    }

    private static void AddBoundedReads<TLog, TIndex>(this IServiceCollection services)
        where TLog : class, IPageLog
        where TIndex : class, IPageIndex
    {
        services.AddSingleton(provider =>
            new BoundedReadLog(provider.GetRequiredService<TLog>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IPageLog>(provider => provider.GetRequiredService<BoundedReadLog>());
        services.AddSingleton<IPageIndex>(provider =>
            new BoundedReadIndex(provider.GetRequiredService<TIndex>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<PageSearch>();
    }

    private static void AddLocalBus(this IServiceCollection services)
    {
        services.AddSingleton<LocalBus>();
        services.AddSingleton<IPageBus>(provider => provider.GetRequiredService<LocalBus>());
        services.AddSingleton<IPresence, LocalPresence>();
    }
}

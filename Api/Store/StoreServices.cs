using LiveStreams.Api.Hosting;
using LiveStreams.Api.Limits;
using LiveStreams.Core;
using LiveStreams.Core.Memory;
using LiveStreams.Core.Posts;
using LiveStreams.Redis;
using LiveStreams.Sqlite;

namespace LiveStreams.Api.Store;

/// <summary>
/// The one place that knows which size this is: the settings <c>Store</c> and <c>Pages</c> choose the engine behind
/// <see cref="IPageLog"/> and <see cref="IPageBus"/> and the door <see cref="IPublishRouter"/>.
/// </summary>
internal static class StoreServices
{
    public static void AddStore(this WebApplicationBuilder builder)
    {
        builder.Services.AddSection<HistoryOptions>("History");
        builder.Services.AddSection<PostOptions>("Posts");
        var hasRedis = builder.Configuration["Redis:Connection"] is { Length: > 0 };
        var store = builder.Configuration["Store"] ?? (hasRedis ? "redis" : "sqlite");
        switch (store)
        {
            case "sqlite":
                builder.AddSqlite();
                break;
            case "redis" when hasRedis:
                builder.AddRedis();
                break;
            case "redis":
                throw new SettingException("Store is 'redis', so Redis:Connection must say where it is, for instance localhost:6379.");
            case "memory":
                builder.AddMemory();
                break;
            default:
                throw new SettingException($"Store is 'sqlite', 'redis' or 'memory', not '{store}'.");
        }

        switch (builder.Configuration["Pages"] ?? "local")
        {
            case "local":
                builder.Services.AddSingleton<IPublishRouter, LocalPublishRouter>();
                break;
            case "orleans" when store == "redis":
                builder.AddClusterPages();
                break;
            case "orleans":
                throw new SettingException("Pages is 'orleans', so Redis:Connection must say where the cluster's Redis is, for instance localhost:6379.");
            case var other:
                throw new SettingException($"Pages is 'local' or 'orleans', not '{other}'.");
        }
    }

    private static void AddSqlite(this WebApplicationBuilder builder)
    {
        builder.AddLocalBus();
        builder.Services.AddSection<SqliteOptions>("Sqlite");
        builder.Services.AddSingleton<IPageLog, SqliteLog>();
        builder.Services.AddSingleton(provider => new StoreDescription(Path.GetFullPath(provider.GetRequiredService<SqliteOptions>().Path)));
    }

    private static void AddRedis(this WebApplicationBuilder builder)
    {
        builder.Services.AddSection<RedisOptions>("Redis");
        builder.Services.AddRedisLog();
        builder.Services.AddRedisBus(provider => provider.GetRequiredService<LimitOptions>().MaxUpdateBytes);
        builder.Services.AddSingleton(provider => new StoreDescription($"Redis at {provider.GetRequiredService<RedisConnection>().Servers}"));
    }

    private static void AddMemory(this WebApplicationBuilder builder)
    {
        builder.AddLocalBus();
        builder.Services.AddSingleton<IPageLog, MemoryLog>();
        builder.Services.AddSingleton(new StoreDescription("in memory only; history ends with the process"));
    }

    private static void AddLocalBus(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<LocalBus>();
        builder.Services.AddSingleton<IPageBus>(provider => provider.GetRequiredService<LocalBus>());
    }
}

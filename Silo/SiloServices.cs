using LiveStreams.Core;
using LiveStreams.Core.Posts;
using LiveStreams.Grains;
using LiveStreams.Redis;
using Microsoft.Extensions.Configuration.Memory;
using Orleans.Dashboard;

namespace LiveStreams.Silo;

/// <summary>What a silo is made of: settings, the Redis engine, and the cluster.</summary>
internal static class SiloServices
{
    /// <summary>
    /// Where <c>Orleans:Dashboard=true</c> shows silos, grains and calls, to everyone who reaches the port.
    /// </summary>
    private const string DashboardPath = "/dashboard";

    public static void AddDefaults(this WebApplicationBuilder builder)
    {
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource
        {
            InitialData = new Dictionary<string, string?>
            {
                ["urls"] = "http://localhost:8090",
                ["Logging:LogLevel:Default"] = "Information",
                ["Logging:LogLevel:Microsoft"] = "Warning",
                ["Logging:LogLevel:Orleans"] = "Warning",
                ["Logging:LogLevel:Polly"] = "Warning",

                // A start that fails is told by StartErrors, in one sentence.
                ["Logging:LogLevel:Microsoft.Extensions.Hosting.Internal.Host"] = "Critical",
            },
        });
        builder.Services.AddSingleton(TimeProvider.System);
    }

    public static void AddStore(this WebApplicationBuilder builder)
    {
        if (builder.Configuration["Redis:Connection"] is not { Length: > 0 })
        {
            throw new SettingException("A silo needs Redis: Redis:Connection must say where it is, for instance localhost:6379.");
        }

        builder.Services.AddSection<HistoryOptions>("History");
        builder.Services.AddSection<PostOptions>("Posts");
        builder.Services.AddSection<RedisOptions>("Redis");
        builder.Services.AddRedisLog();
    }

    public static void AddSilo(this WebApplicationBuilder builder)
    {
        builder.Services.AddSection<ClusterSettings>("Orleans");
        builder.UseOrleans(silo =>
        {
            silo.UsePageCluster(builder.Configuration);
            silo.AddPageUpdates();
            if (builder.Configuration.GetValue<bool>("Orleans:Dashboard"))
            {
                silo.AddDashboard();
            }
        });
    }

    public static void MapDashboard(this WebApplication app)
    {
        if (app.Services.GetRequiredService<ClusterSettings>().Dashboard)
        {
            app.MapOrleansDashboard(DashboardPath);
        }
    }

    /// <summary>Tries the ports and opens the store before the silo joins the cluster, and says, once it has, how others reach it.</summary>
    public static void SayWhereItListens(this WebApplication app)
    {
        var settings = app.Services.GetRequiredService<ClusterSettings>();
        SiloPorts.Check(settings);
        SiloPorts.CheckUrls(app.Configuration);
        var redis = app.Services.GetRequiredService<RedisConnection>();
        app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine(
            $"""
            A silo of the cluster {settings.ClusterId} listens on {settings.Address}:{settings.SiloPort}, for clients on port {settings.GatewayPort}
            Data: Redis at {redis.Servers}
            Health: {string.Join(", ", app.Urls)}/health/ready
            """));
    }

    /// <summary>Runs until it is told to stop. The silo joins before the web server listens: if that cannot, the silo leaves in good order.</summary>
    public static async Task RunOrLeaveAsync(this WebApplication app)
    {
        await using (app)
        {
            try
            {
                await app.StartAsync();
            }
            catch when (app.Services.GetRequiredService<ISiloStatusOracle>().CurrentStatus == SiloStatus.Active)
            {
                await app.StopAsync();
                throw;
            }

            await app.WaitForShutdownAsync();
        }
    }
}

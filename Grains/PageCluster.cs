using System.Net;
using LiveStreams.Core;
using LiveStreams.Redis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Clustering.Redis;
using Orleans.Configuration;
using StackExchange.Redis;

namespace LiveStreams.Grains;

/// <summary>
/// How silos and clients find each other: through the Redis that holds the pages (<c>Redis:Connection</c>,
/// <c>Orleans:*</c>).
/// </summary>
public static class PageCluster
{
    /// <summary>
    /// The other silos declare one dead that has not answered three probes in a row. Orleans adapts the timeout to
    /// the silo, up to four times this. Its pages are then activated on another silo.
    /// </summary>
    private static readonly TimeSpan _probeTimeout = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How often a silo writes to the list of members that it is alive. After three times that, a row is stale, and a
    /// silo that starts may declare dead what does not answer it, if no other silo is left to agree. So all silos
    /// that died at once are replaced in seconds (Orleans' default takes 90 s).
    /// </summary>
    private static readonly TimeSpan _aliveInterval = TimeSpan.FromSeconds(3);

    /// <summary>
    /// How long a silo tries to reach all others before its start fails, because of a firewall, for example. Orleans'
    /// default is 5 minutes.
    /// </summary>
    private static readonly TimeSpan _joinTimeout = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How often a client reads the list of silos, so that it soon uses new ones. Orleans' default is a minute.
    /// </summary>
    private static readonly TimeSpan _gatewayRefresh = TimeSpan.FromSeconds(5);

    /// <summary>How long a client that has found no silo waits before it looks again.</summary>
    private static readonly TimeSpan _retryDelay = TimeSpan.FromSeconds(1);

    private const int MaxRetries = 30;

    public static void UsePageCluster(this ISiloBuilder silo, IConfiguration configuration)
    {
        var options = PageClusterOptions.Read(configuration);
        RemoveStandardClustering(silo.Services);
        silo.UseRedisClustering(redis => ConfigureRedis(redis, configuration));
        silo.Configure<ClusterOptions>(cluster => ConfigureClusterId(cluster, options));
        silo.Configure<EndpointOptions>(endpoints => ConfigureEndpoints(endpoints, options));
        silo.Configure<ClusterMembershipOptions>(ConfigureMembership);
        if (options.GrainDirectory is GrainDirectoryKind.Redis)
        {
            silo.UseRedisGrainDirectoryAsDefault((RedisGrainDirectoryOptions redis) =>
                ConfigureDirectory(redis, configuration));
        }
    }

    /// <summary>
    /// Places a page that is not active yet on this silo if it is published to from here, and not where Orleans sees
    /// the most free resources. For a server that is a silo: its publishes then need no hop to another server.
    /// </summary>
    public static void PreferLocalPages(this ISiloBuilder silo) =>
        silo.Services.AddSingleton<PlacementStrategy, PreferLocalPlacement>();

    public static void UsePageCluster(this IClientBuilder client, IConfiguration configuration)
    {
        var options = PageClusterOptions.Read(configuration);
        RemoveStandardClustering(client.Services);
        client.UseRedisClustering(redis => ConfigureRedis(redis, configuration));
        client.Configure<ClusterOptions>(cluster => ConfigureClusterId(cluster, options));
        client.Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = _gatewayRefresh);
        client.Services.AddSingleton<IClientConnectionRetryFilter>(provider =>
            new RetryFilter(options.ClusterId, provider.GetRequiredService<TimeProvider>()));
    }

    // With Orleans:Clustering in the configuration, Orleans has added options that take the connection from a service,
    // which a host of LiveStreams does not have.
    private static void RemoveStandardClustering(IServiceCollection services) =>
        services.RemoveAll<IConfigureOptions<RedisClusteringOptions>>();

    private static void ConfigureRedis(RedisClusteringOptions redis, IConfiguration configuration)
    {
        var server = RedisConnector.Parse(configuration["Redis:Connection"] ?? "");
        redis.ConfigurationOptions = server;
        redis.CreateMultiplexer = _ => ConnectAsync(server);
    }

    private static void ConfigureDirectory(RedisGrainDirectoryOptions directory, IConfiguration configuration)
    {
        var server = RedisConnector.Parse(configuration["Redis:Connection"] ?? "");
        directory.ConfigurationOptions = server;
        directory.CreateMultiplexer = _ => ConnectAsync(server);
    }

    private static async Task<(IConnectionMultiplexer Connection, bool IsShared)> ConnectAsync(
        ConfigurationOptions server) =>
        (await RedisConnector.ConnectAsync(server).ConfigureAwait(false), IsShared: false);

    private static void ConfigureClusterId(ClusterOptions cluster, PageClusterOptions options)
    {
        cluster.ClusterId = options.ClusterId;
        cluster.ServiceId = options.ServiceId;
    }

    private static void ConfigureMembership(ClusterMembershipOptions membership)
    {
        membership.ProbeTimeout = _probeTimeout;
        membership.IAmAliveTablePublishTimeout = _aliveInterval;
        membership.MaxJoinAttemptTime = _joinTimeout;
    }

    // Called when the silo starts, after its options have been validated.
    private static void ConfigureEndpoints(EndpointOptions endpoints, PageClusterOptions options)
    {
        endpoints.AdvertisedIPAddress = IPAddress.Parse(options.Address);
        endpoints.SiloPort = options.SiloPort;
        endpoints.GatewayPort = options.GatewayPort;
    }

    private sealed class RetryFilter(string clusterId, TimeProvider time) : IClientConnectionRetryFilter
    {
        private int _retries;

        public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
        {
            if (exception is StartException)
            {
                // Redis does not answer or refuses the password. To look for silos again does not help.
                return false;
            }

            if (++_retries > MaxRetries)
            {
                throw new NoSiloException(clusterId, exception);
            }

            await Task.Delay(_retryDelay, time, cancellationToken).ConfigureAwait(false);
            return true;
        }
    }
}

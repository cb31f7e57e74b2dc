using System.Net;
using LiveStreams.Core;
using LiveStreams.Redis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Clustering.Redis;
using Orleans.Configuration;

namespace LiveStreams.Grains;

/// <summary>
/// How silos and clients find each other: through the Redis that holds the pages (<c>Redis:Connection</c>,
/// <c>Orleans:*</c>).
/// </summary>
public static class PageCluster
{
    /// <summary>
    /// How long a silo waits for the response to a probe. After three probes in a row without a response a silo is
    /// declared dead, and its pages are activated on other silos.
    /// </summary>
    private static readonly TimeSpan _probeTimeout = TimeSpan.FromSeconds(2);

    /// <summary>How long a client that finds no silo waits before it looks again.</summary>
    private static readonly TimeSpan _retryDelay = TimeSpan.FromSeconds(1);

    private const int MaxRetries = 30;

    public static void UsePageCluster(this ISiloBuilder silo, IConfiguration configuration)
    {
        var settings = Settings(configuration);
        silo.UseRedisClustering(redis => Connect(redis, configuration));
        silo.Configure<ClusterOptions>(cluster => Identify(cluster, settings));
        silo.Configure<EndpointOptions>(endpoints => Listen(endpoints, settings));
        silo.Configure<ClusterMembershipOptions>(membership => membership.ProbeTimeout = _probeTimeout);
    }

    public static void UsePageCluster(this IClientBuilder client, IConfiguration configuration)
    {
        var settings = Settings(configuration);
        client.UseRedisClustering(redis => Connect(redis, configuration));
        client.Configure<ClusterOptions>(cluster => Identify(cluster, settings));
        client.Services.AddSingleton<IClientConnectionRetryFilter>(provider =>
            new RetryFilter(settings.ClusterId, provider.GetRequiredService<TimeProvider>()));
    }

    private static ClusterSettings Settings(IConfiguration configuration) =>
        configuration.GetSection("Orleans").Get<ClusterSettings>() ?? new ClusterSettings();

    private static void Connect(RedisClusteringOptions redis, IConfiguration configuration)
    {
        var server = RedisConnector.Parse(configuration["Redis:Connection"] ?? "");
        redis.ConfigurationOptions = server;
        redis.CreateMultiplexer =
            async _ => (await RedisConnector.ConnectAsync(server).ConfigureAwait(false), IsShared: false);
    }

    private static void Identify(ClusterOptions cluster, ClusterSettings settings)
    {
        cluster.ClusterId = settings.ClusterId;
        cluster.ServiceId = settings.ServiceId;
    }

    // Called when the silo is made, after the settings have been checked.
    private static void Listen(EndpointOptions endpoints, ClusterSettings settings)
    {
        endpoints.AdvertisedIPAddress = IPAddress.Parse(settings.Address);
        endpoints.SiloPort = settings.SiloPort;
        endpoints.GatewayPort = settings.GatewayPort;
    }

    private sealed class RetryFilter(string clusterId, TimeProvider time) : IClientConnectionRetryFilter
    {
        private int _retries;

        public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
        {
            if (exception is StartException)
            {
                // Redis does not answer, or refuses the password: looking for silos again does not help.
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

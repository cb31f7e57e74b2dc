using LiveStreams.Core.FanOut;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LiveStreams.Api.Health;

/// <summary><c>/health/live</c>: the process answers. <c>/health/ready</c>: it can also do its work.</summary>
internal static class HealthEndpoints
{
    private static readonly TimeSpan _checkTimeout = TimeSpan.FromSeconds(1);

    public static void AddHealth(this WebApplicationBuilder builder) =>
        builder.Services.AddHealthChecks()
            .AddCheck<StoreHealthCheck>("store", timeout: _checkTimeout)
            .AddCheck<DrainHealthCheck>("drain");

    public static void MapHealth(this WebApplication app)
    {
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
        app.MapHealthChecks("/health/ready");
    }

    /// <summary>Red once the process is stopping, so that a load balancer sends nobody new.</summary>
    private sealed class DrainHealthCheck(FeedRegistry feeds) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(feeds.IsDraining ? HealthCheckResult.Unhealthy("stopping") : HealthCheckResult.Healthy());
    }
}

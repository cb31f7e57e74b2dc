using LiveStreams.Core.FanOut;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LiveStreams.Api.Drain;

/// <summary>Unhealthy once the process is stopping, so that a load balancer sends it no new clients.</summary>
internal sealed class DrainHealthCheck(FeedRegistry feeds) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default) =>
        Task.FromResult(feeds.IsDraining ? HealthCheckResult.Unhealthy("stopping") : HealthCheckResult.Healthy());
}

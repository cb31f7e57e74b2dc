using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LiveStreams.Hosting;

/// <summary>Unhealthy while the store does not accept updates.</summary>
internal sealed class StoreHealthCheck(StoreAvailability store) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default) =>
        await store.CheckAsync(cancellationToken) is { } error
            ? HealthCheckResult.Unhealthy(error)
            : HealthCheckResult.Healthy();
}

using LiveStreams.Core;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LiveStreams.Api.Health;

/// <summary>Red when the store would not take an update now.</summary>
internal sealed class StoreHealthCheck(IPageLog log) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await log.CheckAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (StoreUnavailableException unavailable)
        {
            return HealthCheckResult.Unhealthy(unavailable.Message);
        }
    }
}

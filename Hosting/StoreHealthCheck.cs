using LiveStreams.Core;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LiveStreams.Hosting;

/// <summary>Unhealthy while the store would not accept an update.</summary>
internal sealed class StoreHealthCheck(IPageLog log) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default)
    {
        try
        {
            await log.CheckAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (StoreUnavailableException exception)
        {
            return HealthCheckResult.Unhealthy(exception.Message);
        }
    }
}

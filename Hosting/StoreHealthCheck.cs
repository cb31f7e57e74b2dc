using LiveStreams.Core;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LiveStreams.Hosting;

/// <summary>
/// Unhealthy while the store would not accept an update. A check writes to the store, and anyone may ask for it, so
/// there is at most one at a time and one in <see cref="_period"/>: requests in that time get the same result.
/// </summary>
internal sealed class StoreHealthCheck(IPageLog log, TimeProvider time) : IHealthCheck
{
    private static readonly TimeSpan _period = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private Task<HealthCheckResult>? _check;
    private long _startedAt;

    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (_check is null || (_check.IsCompleted && time.GetElapsedTime(_startedAt) >= _period))
            {
                _startedAt = time.GetTimestamp();
                _check = CheckAsync();
            }

            return _check.WaitAsync(cancellationToken);
        }
    }

    private async Task<HealthCheckResult> CheckAsync()
    {
        try
        {
            await log.CheckAsync(CancellationToken.None);
            return HealthCheckResult.Healthy();
        }
        catch (StoreUnavailableException exception)
        {
            return HealthCheckResult.Unhealthy(exception.Message);
        }
    }
}

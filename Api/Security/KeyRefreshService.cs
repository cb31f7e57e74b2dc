using LiveStreams.Core.Metrics;

namespace LiveStreams.Api.Security;

/// <summary>
/// Reads the keys and the list of revoked tokens before the server listens, and every <see cref="Period"/> while it
/// runs.
/// </summary>
internal sealed class KeyRefreshService(
    KeyRing ring, RevokedTokens revoked, ServerMetrics metrics, TimeProvider time)
    : BackgroundService
{
    /// <summary>
    /// Short enough that, with the seconds that closing takes, a removed key or a revoked token closes its streams well
    /// within a minute.
    /// </summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(15);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await revoked.LoadAsync(cancellationToken);
        await ring.LoadAsync(cancellationToken);
        metrics.Security.KeysAge = () => ring.Age;
        metrics.Security.RevocationsAge = () => revoked.Age;
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                // First, because an address of keys may be slow to respond.
                await revoked.RefreshAsync(stoppingToken);
                await ring.RefreshAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops.
        }
    }
}

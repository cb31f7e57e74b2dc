using LiveStreams.Core.FanOut;

namespace LiveStreams.Api.Subscribe;

/// <summary>Watches for pages that are born while the process runs.</summary>
internal sealed class PatternService(PatternWatcher watcher) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await watcher.RunAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops.
        }
    }
}

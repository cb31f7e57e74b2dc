using LiveStreams.Core.FanOut;

namespace LiveStreams.Api.Subscribe;

/// <summary>Runs the feeds' periodic work while the process runs, also while its streams end.</summary>
internal sealed class FeedService(FeedRegistry feeds) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await feeds.RunAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops.
        }
    }
}

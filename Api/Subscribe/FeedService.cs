using LiveStreams.Core.FanOut;

namespace LiveStreams.Api.Subscribe;

/// <summary>
/// Runs the feeds' periodic work while the process runs, and ends all streams when the process begins to stop.
/// </summary>
internal sealed class FeedService(FeedRegistry feeds, IHostApplicationLifetime lifetime) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var drain = lifetime.ApplicationStopping.Register(feeds.Drain);
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

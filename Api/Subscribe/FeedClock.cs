using LiveStreams.Core.FanOut;

namespace LiveStreams.Api.Subscribe;

/// <summary>Turns the clock of the feeds while the process runs, and ends all streams when it is told to stop.</summary>
internal sealed class FeedClock(FeedRegistry feeds, IHostApplicationLifetime lifetime) : BackgroundService
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
            // The process stops: this is how the clock ends.
        }
    }
}

namespace LiveStreams.Api.Limits;

/// <summary>Turns the clock of <see cref="PublishRates"/>.</summary>
internal sealed class PublishRateClock(PublishRates rates, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan _period = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            rates.Tend();
        }
    }
}

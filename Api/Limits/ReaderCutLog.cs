using LiveStreams.Core.FanOut;

namespace LiveStreams.Api.Limits;

/// <summary>
/// Logs when readers begin to be disconnected because too much is held for them: once for all that are within a minute
/// of each other.
/// </summary>
internal sealed partial class ReaderCutLog(FeedRegistry feeds, TimeProvider time, ILogger<ReaderCutLog> logger)
    : BackgroundService
{
    private static readonly TimeSpan _period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _quiet = TimeSpan.FromMinutes(1);

    private long _known;
    private DateTimeOffset _quietSince = DateTimeOffset.MinValue;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                Check();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops.
        }
    }

    private void Check()
    {
        var cuts = feeds.Unsent.BudgetCuts + feeds.Snapshots.Cuts;
        if (cuts == _known)
        {
            return;
        }

        var now = time.GetUtcNow();
        if (now - _quietSince >= _quiet)
        {
            LogCuts(logger, cuts - _known, feeds.Unsent.HeldBytes);
        }

        (_known, _quietSince) = (cuts, now);
    }

    [LoggerMessage(
        LogLevel.Warning,
        "Disconnecting slow readers, {Readers} so far: too much data waits for them (now {Bytes} bytes). "
        + "See Limits:MaxUnsentBytes and Limits:MaxUnsentBytesPerAddress, and the metric livestreams.readers.cut.")]
    private static partial void LogCuts(ILogger logger, long readers, long bytes);
}

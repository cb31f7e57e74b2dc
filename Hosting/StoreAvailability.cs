using LiveStreams.Core;
using Microsoft.Extensions.Logging;

namespace LiveStreams.Hosting;

/// <summary>
/// Whether the store accepts updates now. A check writes to the store, and anyone may ask for it, so there is at most
/// one at a time and one in <see cref="_period"/>: whoever asks in that time gets the same result.
/// </summary>
internal sealed partial class StoreAvailability(
    IPageLog log, TimeProvider time, ILogger<StoreAvailability> logger)
{
    /// <summary>A store that does not respond in this time is not available.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan _period = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private Task<string?>? _check;
    private bool? _previous;
    private long _startedAt;
    private bool _isAway;

    /// <summary>
    /// Checks the store, or waits for the check of another caller. Returns why it is not available, or null.
    /// </summary>
    public Task<string?> CheckAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_check is null || (_check.IsCompleted && time.GetElapsedTime(_startedAt) >= _period))
            {
                _previous = ReadResult();
                _startedAt = time.GetTimestamp();
                _check = RunAsync();
            }

            return _check.WaitAsync(cancellationToken);
        }
    }

    /// <summary>
    /// The newest result, without a wait; null before the first. It may start a check, whose result is for the next
    /// caller.
    /// </summary>
    public bool? Observe()
    {
        _ = CheckAsync(CancellationToken.None);
        lock (_gate)
        {
            return ReadResult();
        }
    }

    // A check that takes too long has failed, whatever becomes of it.
    private bool? ReadResult() => _check switch
    {
        null => null,
        { IsCompleted: true } => _check is { IsCompletedSuccessfully: true, Result: null },
        _ => time.GetElapsedTime(_startedAt) < Timeout ? _previous : false,
    };

    private async Task<string?> RunAsync()
    {
        var error = await FindErrorAsync(time.GetTimestamp());
        if (error is not null != _isAway)
        {
            _isAway = error is not null;
            if (error is null)
            {
                LogBack();
            }
            else
            {
                LogAway(error);
            }
        }

        return error;
    }

    private async Task<string?> FindErrorAsync(long start)
    {
        try
        {
            await log.CheckAsync(CancellationToken.None);
            return time.GetElapsedTime(start) > Timeout
                ? $"The store has taken more than {Timeout.TotalSeconds} s to respond."
                : null;
        }
        catch (StoreUnavailableException exception)
        {
            return exception.Message;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The store accepts no updates, and publishers receive 503: {Reason}")]
    private partial void LogAway(string reason);

    [LoggerMessage(LogLevel.Information, "The store accepts updates again.")]
    private partial void LogBack();
}

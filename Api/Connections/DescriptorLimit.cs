using LiveStreams.Api.Limits;
using LiveStreams.Core.Metrics;

namespace LiveStreams.Api.Connections;

/// <summary>
/// Keeps file descriptors free for the store, Redis and logs: a connection that would use one of the last is closed. A
/// new descriptor is always the lowest free number (POSIX <c>accept</c>), so its number says how many are in use.
/// </summary>
internal sealed partial class DescriptorLimit : IHostedLifecycleService
{
    private const int MinReserve = 64;
    private const int MaxReserve = 256;

    /// <summary>After this long without a refusal, the next one is another episode, which is logged.</summary>
    private static readonly TimeSpan _episodeGap = TimeSpan.FromMinutes(1);

    private readonly LimitOptions _limits;
    private readonly ServerMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger<DescriptorLimit> _log;
    private readonly long? _max;
    private readonly long _reserve;
    private readonly Lock _gate = new();
    private long? _lastRefusal;

    public DescriptorLimit(
        LimitOptions limits, ServerMetrics metrics, TimeProvider time, ILogger<DescriptorLimit> log)
    {
        (_limits, _metrics, _time, _log) = (limits, metrics, time, log);
        _max = OpenFiles.ReadLimit();
        _reserve = ReserveOf(_max ?? 0);
    }

    /// <summary>Whether enough descriptors are left with this new one.</summary>
    public bool MayKeep(int descriptor)
    {
        if (_max is not { } max || descriptor < max - _reserve)
        {
            return true;
        }

        _metrics.Limits.CountRefusedConnection("descriptors");
        WarnOfShortage();
        return false;
    }

    /// <summary>Logs that too few descriptors are left, once in an episode.</summary>
    public void WarnOfShortage()
    {
        if (BeginsEpisode())
        {
            LogOutOfDescriptors(_max ?? 0, _reserve);
        }
    }

    /// <summary>Logs that the kernel watches no more descriptors, once in an episode.</summary>
    public void WarnOfWatches()
    {
        if (BeginsEpisode())
        {
            LogOutOfWatches();
        }
    }

    /// <summary>Warns if all the event streams that are allowed would not fit.</summary>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (FindShortage(_limits) is { } shortage)
        {
            LogTooFewDescriptors(shortage);
        }

        return Task.CompletedTask;
    }

    /// <summary>What to do so that all the event streams that are allowed fit; null if they do.</summary>
    public static string? FindShortage(LimitOptions limits) =>
        OpenFiles.ReadLimit() is { } max
            && max - ReserveOf(max) - OpenFiles.Count() is var room
            && room < limits.MaxSubscribers
            ? $"This process may open {max} files, which is enough for about {Math.Max(room, 0)} connections, but "
                + $"Limits:MaxSubscribers is {limits.MaxSubscribers}. Raise the limit of open files (ulimit -n, "
                + "systemd LimitNOFILE, docker --ulimit nofile), or lower Limits:MaxSubscribers."
            : null;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static long ReserveOf(long max) => Math.Clamp(max / 10, MinReserve, MaxReserve);

    private bool BeginsEpisode()
    {
        lock (_gate)
        {
            var last = _lastRefusal;
            _lastRefusal = _time.GetTimestamp();
            return last is null || _time.GetElapsedTime(last.Value) > _episodeGap;
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Shortage}")]
    private partial void LogTooFewDescriptors(string shortage);

    [LoggerMessage(
        LogLevel.Warning,
        "The kernel watches no more connections, so new ones are closed. Raise fs.epoll.max_user_watches, or give the "
        + "machine more memory.")]
    private partial void LogOutOfWatches();

    [LoggerMessage(
        LogLevel.Warning,
        "All but {Reserve} of the {Max} files that this process may open are open. New connections are closed until "
        + "others end. Raise the limit of open files (ulimit -n, systemd LimitNOFILE, docker --ulimit nofile).")]
    private partial void LogOutOfDescriptors(long max, long reserve);
}

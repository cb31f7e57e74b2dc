using LiveStreams.Api.Epoll;
using LiveStreams.Api.Limits;
using LiveStreams.Core.FanOut;
using LiveStreams.Core.Metrics;

namespace LiveStreams.Api.Kestrel;

/// <summary>
/// The event streams that have left Kestrel. When the process stops, it waits for their ends, as Kestrel does for its
/// connections, and closes those that take too long.
/// </summary>
internal sealed partial class DetachedStreams(
    EpollReactors reactors, ConnectionLimiter limiter, ServerMetrics metrics, ILogger<DetachedStreams> log)
{
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _started;
    private int _count;
    private volatile bool _isStopping;
    private volatile bool _isLate;

    /// <summary>How many there have been.</summary>
    public long Started => Volatile.Read(ref _started);

    /// <summary>Starts the stream of a connection, which ends for Kestrel.</summary>
    /// <param name="connection">The connection, which was detached after everything before was sent.</param>
    /// <param name="subscriber">The stream, which is disposed when it has ended.</param>
    /// <param name="input">What the client has sent meanwhile.</param>
    /// <param name="counted">What the connection is counted for in the <see cref="ConnectionLimiter"/>.</param>
    public void Start(EpollConnection connection, Subscriber subscriber, StrayInput input, ClientAddress? counted)
    {
        Interlocked.Increment(ref _started);
        Interlocked.Increment(ref _count);
        var stream = new DetachedStream(
            this, connection.Reactor, connection.Target.Descriptor, subscriber, input, counted);
        stream.Start();
        if (_isLate)
        {
            stream.Abort();
        }
    }

    public void CountCut() => metrics.Limits.CountCut();

    public void OnEnded(DetachedStream stream, Exception? exception)
    {
        limiter.Release(stream.Counted);
        if (exception is not null)
        {
            LogFailed(exception);
        }

        if (Interlocked.Decrement(ref _count) == 0 && _isStopping)
        {
            _empty.TrySetResult();
        }
    }

    /// <summary>Waits until all have ended, which they must have been told (<see cref="StreamDrain"/>).</summary>
    /// <param name="limit">When this is canceled, those that have not ended are cut off.</param>
    public async Task WaitForEndsAsync(CancellationToken limit)
    {
        _isStopping = true;
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _count) == 0)
        {
            return;
        }

        try
        {
            await _empty.Task.WaitAsync(limit);
        }
        catch (OperationCanceledException)
        {
            // Those that wait for the store end only then, so the process does not wait for them.
            AbortAll();
        }
    }

    private void AbortAll()
    {
        _isLate = true;
        Interlocked.MemoryBarrier();
        foreach (var stream in reactors.Targets.OfType<DetachedStream>())
        {
            stream.Abort();
        }
    }

    [LoggerMessage(LogLevel.Error, "An event stream has ended with an unexpected exception.")]
    private partial void LogFailed(Exception exception);
}

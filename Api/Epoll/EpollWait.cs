using System.Threading.Tasks.Sources;

namespace LiveStreams.Api.Epoll;

/// <summary>
/// The waits of one task for an event, one at a time, without allocating. Its continuation runs on a thread of the
/// pool, never on the reactor's.
/// </summary>
internal sealed class EpollWait<T> : IValueTaskSource<T>
{
    private ManualResetValueTaskSourceCore<T> _source = new() { RunContinuationsAsynchronously = true };
    private int _isPending;

    /// <summary>Begins a wait. It is a full fence.</summary>
    public ValueTask<T> Begin()
    {
        _source.Reset();
        Interlocked.Exchange(ref _isPending, 1);
        return new ValueTask<T>(this, _source.Version);
    }

    /// <summary>Ends the wait, if one is pending.</summary>
    public void Complete(T result)
    {
        if (Interlocked.Exchange(ref _isPending, 0) == 1)
        {
            _source.SetResult(result);
        }
    }

    T IValueTaskSource<T>.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<T>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<T>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}

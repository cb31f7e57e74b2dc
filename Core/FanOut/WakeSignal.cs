using System.Threading.Tasks.Sources;

namespace LiveStreams.Core.FanOut;

/// <summary>Why a subscriber's wait ends.</summary>
internal enum WakeReason
{
    /// <summary>The feed has new frames, a failed read is to be tried again, or the stream is to end.</summary>
    Work,

    /// <summary>The stream has been silent so long that a heartbeat is due.</summary>
    Heartbeat,
}

/// <summary>
/// One subscriber's wait, reused without allocating. To end the wait, a thread first claims it
/// (<see cref="TryClaim"/>), so that only one thread does so, and then calls <see cref="Resume"/>, which runs the
/// subscriber's loop on that thread.
/// </summary>
internal sealed class WakeSignal : IValueTaskSource<WakeReason>
{
    private const int Running = 0;
    private const int Waiting = 1;

    private ManualResetValueTaskSourceCore<WakeReason> _source;
    private int _state = Running;
    private WakeReason _reason;

    public bool IsWaiting => Volatile.Read(ref _state) == Waiting;

    /// <summary>
    /// Waits. <paramref name="hasWork"/> is called when other threads already see the wait, so no work is missed:
    /// either it is found here, or the thread that adds it finds the wait.
    /// </summary>
    public ValueTask<WakeReason> WaitAsync<T>(T state, Func<T, bool> hasWork)
    {
        _source.Reset();
        Interlocked.Exchange(ref _state, Waiting);
        return hasWork(state) && TryClaim(WakeReason.Work)
            ? new ValueTask<WakeReason>(WakeReason.Work)
            : new ValueTask<WakeReason>(this, _source.Version);
    }

    /// <summary>
    /// Claims the wait; false when there is none, or another thread has claimed it. After true, the caller must call
    /// <see cref="Resume"/> or <see cref="WaitAgain"/>, once.
    /// </summary>
    public bool TryClaim(WakeReason reason)
    {
        if (Volatile.Read(ref _state) != Waiting
            || Interlocked.CompareExchange(ref _state, Running, Waiting) != Waiting)
        {
            return false;
        }

        _reason = reason;
        return true;
    }

    /// <summary>
    /// Continues to wait. Work that was added since the claim is not checked for: the caller must ensure it is done.
    /// </summary>
    public void WaitAgain() => Interlocked.Exchange(ref _state, Waiting);

    /// <summary>Ends the wait.</summary>
    public void Resume() => _source.SetResult(_reason);

    WakeReason IValueTaskSource<WakeReason>.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<WakeReason>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<WakeReason>.OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}

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

    /// <summary>Running, and something has happened since that it may not have seen.</summary>
    private const int RunningWithRequest = 1;

    private const int Waiting = 2;

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
        return !TryWaitAgain() || (hasWork(state) && TryClaim(WakeReason.Work))
            ? new ValueTask<WakeReason>(WakeReason.Work)
            : new ValueTask<WakeReason>(this, _source.Version);
    }

    /// <summary>
    /// Claims the wait; false when there is none, or another thread has claimed it. After true, the caller must call
    /// <see cref="Resume"/> or <see cref="TryWaitAgain"/>, once. After false, the subscriber does not wait again
    /// before it has looked for work once more.
    /// </summary>
    public bool TryClaim(WakeReason reason)
    {
        while (true)
        {
            var state = Volatile.Read(ref _state);
            if (state == RunningWithRequest || (state == Running && reason == WakeReason.Heartbeat))
            {
                return false;
            }

            var next = state == Waiting ? Running : RunningWithRequest;
            if (Interlocked.CompareExchange(ref _state, next, state) == state)
            {
                if (state != Waiting)
                {
                    return false;
                }

                _reason = reason;
                return true;
            }
        }
    }

    /// <summary>
    /// Continues to wait; false when another thread has tried to claim the wait meanwhile. The subscriber then still
    /// runs, and must look for work.
    /// </summary>
    public bool TryWaitAgain()
    {
        if (Interlocked.CompareExchange(ref _state, Waiting, Running) == Running)
        {
            return true;
        }

        Interlocked.Exchange(ref _state, Running);
        return false;
    }

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

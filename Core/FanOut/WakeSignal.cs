using System.Threading.Tasks.Sources;

namespace LiveStreams.Core.FanOut;

/// <summary>
/// One subscriber's wait, used again and again without allocating. Whoever takes it out of the wait owes it one <see cref="Resume"/>, which
/// goes on with the subscriber's loop on the caller's thread.
/// </summary>
internal sealed class WakeSignal : IValueTaskSource<WakeReason>
{
    private const int Running = 0;
    private const int Waiting = 1;

    private ManualResetValueTaskSourceCore<WakeReason> _wait;
    private int _state = Running;
    private WakeReason _reason;

    public bool IsWaiting => Volatile.Read(ref _state) == Waiting;

    /// <summary>
    /// Waits. <paramref name="hasNews"/> is asked after the wait can be seen from outside: news that came in between is either found
    /// here, or its bringer finds the wait.
    /// </summary>
    public ValueTask<WakeReason> WaitAsync<T>(T state, Func<T, bool> hasNews)
    {
        _wait.Reset();
        Interlocked.Exchange(ref _state, Waiting);
        return hasNews(state) && TryTake(WakeReason.News) ? new ValueTask<WakeReason>(WakeReason.News) : new ValueTask<WakeReason>(this, _wait.Version);
    }

    /// <summary>Takes it out of its wait; false when it does not wait, or somebody else was first.</summary>
    public bool TryTake(WakeReason reason)
    {
        if (Volatile.Read(ref _state) != Waiting || Interlocked.CompareExchange(ref _state, Running, Waiting) != Waiting)
        {
            return false;
        }

        _reason = reason;
        return true;
    }

    /// <summary>Goes back to waiting without having resumed. What was brought since it was taken out, its bringer finds out for itself.</summary>
    public void WaitAgain() => Interlocked.Exchange(ref _state, Waiting);

    public void Resume() => _wait.SetResult(_reason);

    WakeReason IValueTaskSource<WakeReason>.GetResult(short token) => _wait.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<WakeReason>.GetStatus(short token) => _wait.GetStatus(token);

    void IValueTaskSource<WakeReason>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wait.OnCompleted(continuation, state, token, flags);
}

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
/// Whether one subscriber waits. While it does, no code of it runs and no thread is held. To end the wait, a thread
/// claims it (<see cref="TryClaim"/>), so that only one thread does so, and then runs the subscriber itself.
/// </summary>
internal sealed class WakeSignal
{
    private const int Running = 0;

    /// <summary>Running, and something has happened since that it may not have seen.</summary>
    private const int RunningWithRequest = 1;

    private const int Waiting = 2;

    private int _state = Running;

    public bool IsWaiting => Volatile.Read(ref _state) == Waiting;

    /// <summary>Why the last wait was ended, for the thread that has claimed it.</summary>
    public WakeReason Reason { get; private set; }

    /// <summary>
    /// Begins a wait; false if there is work, and the subscriber still runs. After true, the caller must not touch the
    /// subscriber any more, because another thread may run it already, or have ended it. No work is missed: a thread
    /// that adds work tries to claim the wait afterwards, and finds it, or keeps it from beginning.
    /// </summary>
    public bool TryWait<T>(T state, Func<T, bool> hasWork) => !hasWork(state) && TryWaitAgain();

    /// <summary>
    /// Takes over a subscriber that waits. True for one caller only, which must then run the subscriber, or call
    /// <see cref="TryWaitAgain"/>, once. False if the subscriber is not waiting: it looks for work once more before it
    /// waits again.
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

                Reason = reason;
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
}

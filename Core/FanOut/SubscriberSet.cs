using LiveStreams.Core.Metrics;

namespace LiveStreams.Core.FanOut;

/// <summary>
/// The subscribers of one feed, each with its cursor in the feed's page. It wakes all that wait together, on other
/// threads than the publisher's, and wakes them again only after all of them have written. What is published in between
/// is then written with one flush.
/// </summary>
internal sealed class SubscriberSet : IThreadPoolWorkItem
{
    private const int Idle = 0;
    private const int Waking = 1;

    /// <summary>A wake is in progress, and another was requested.</summary>
    private const int WakingWithRequest = 2;

    private readonly Lock _gate = new();
    private readonly Action _onWakeCompleted;
    private readonly FanOutClock _clock;
    private readonly ServerMetrics _metrics;
    private readonly FanOutTrace _trace;
    private PageCursor[] _cursors = [];
    private int _count;
    private int _state = Idle;
    private long _wakeStart;
    private long _requestedAt;

    public SubscriberSet(FanOutClock clock, ServerMetrics metrics) =>
        (_clock, _metrics, _trace, _onWakeCompleted) = (clock, metrics, new FanOutTrace(clock), OnWakeCompleted);

    public int Count => Volatile.Read(ref _count);

    public void Add(PageCursor cursor)
    {
        lock (_gate)
        {
            if (_count == _cursors.Length)
            {
                Array.Resize(ref _cursors, Math.Max(1, _count * 2));
            }

            cursor.SetIndex = _count;
            _cursors[_count++] = cursor;
        }
    }

    public void Remove(PageCursor cursor)
    {
        lock (_gate)
        {
            var last = _cursors[--_count];
            _cursors[cursor.SetIndex] = last;
            last.SetIndex = cursor.SetIndex;
            _cursors[_count] = null!;
        }
    }

    /// <summary>Wakes all subscribers, as <see cref="Wake()"/>, for an update that was announced.</summary>
    public void Wake(Update update)
    {
        _trace.Add(update);
        Wake();
    }

    /// <summary>
    /// Wakes all subscribers that wait, soon and on other threads. Several calls before that are one wake.
    /// </summary>
    public void Wake()
    {
        if (Interlocked.CompareExchange(ref _state, Waking, Idle) == Idle)
        {
            _wakeStart = _clock.GetTimestamp();
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
        else
        {
            switch (Interlocked.CompareExchange(ref _state, WakingWithRequest, Waking))
            {
                case Waking:
                    Volatile.Write(ref _requestedAt, _clock.GetTimestamp());
                    break;
                case Idle:
                    // The wake has completed in between.
                    Wake();
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>Wakes the subscribers for which something is due at <paramref name="tick"/>.</summary>
    public void OnTick(long tick) => Resume(ClaimAll(cursor => cursor.TryClaimIfDue(tick)));

    /// <summary>Wakes the subscribers that are told how many there are.</summary>
    public void WakeForPresence() => Resume(ClaimAll(
        static cursor => cursor.Subscriber is { Presence: not null } reader
            && reader.WakeSignal.TryClaim(WakeReason.Work)));

    public void AddTo(HashSet<Subscriber> subscribers)
    {
        lock (_gate)
        {
            foreach (var cursor in _cursors.AsSpan(0, _count))
            {
                subscribers.Add(cursor.Subscriber);
            }
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        // A full fence: a subscriber that starts to wait after the claims below sees what was added before this wake
        // was requested.
        Interlocked.Exchange(ref _state, Waking);
        _trace.OnWake();
        if (ClaimAll(static cursor => cursor.Subscriber.WakeSignal.TryClaim(WakeReason.Work)) is { } batch)
        {
            batch.Run(static cursor => cursor.Subscriber.WriteNewFrames(cursor), _onWakeCompleted);
        }
        else
        {
            CompleteWake(_clock.GetTimestamp());
        }
    }

    private static void Resume(WakeBatch? batch) =>
        batch?.Run(static cursor => cursor.Subscriber.Resume(), static () => { });

    private void OnWakeCompleted()
    {
        var end = _clock.GetTimestamp();
        _metrics.Streams.CountFanOut(_clock.GetElapsedTime(_wakeStart, end));
        CompleteWake(end);
    }

    private void CompleteWake(long end)
    {
        _trace.OnWakeCompleted(Count);
        if (Interlocked.CompareExchange(ref _state, Idle, Waking) != Waking)
        {
            // The thread that has made the request may not have written its time yet. What is there is older then.
            var requestedAt = Volatile.Read(ref _requestedAt);
            _wakeStart = requestedAt >= _wakeStart ? requestedAt : end;
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    private WakeBatch? ClaimAll(Func<PageCursor, bool> tryClaim)
    {
        lock (_gate)
        {
            WakeBatch? batch = null;
            foreach (var cursor in _cursors.AsSpan(0, _count))
            {
                if (tryClaim(cursor))
                {
                    batch ??= new WakeBatch(_count);
                    batch.Add(cursor);
                }
            }

            return batch;
        }
    }
}

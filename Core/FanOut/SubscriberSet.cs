namespace LiveStreams.Core.FanOut;

/// <summary>
/// The subscribers of one feed, and how they are woken: all who wait at once, off the publisher's thread, and the next time only when all of them
/// have written. What comes meanwhile is written with one flush then.
/// </summary>
internal sealed class SubscriberSet : IThreadPoolWorkItem
{
    private const int Quiet = 0;
    private const int Waking = 1;

    /// <summary>Asked for again while it goes on.</summary>
    private const int WakingAndMore = 2;

    private readonly Lock _gate = new();
    private readonly Action _endWake;
    private Subscriber[] _members = [];
    private int _count;
    private int _state = Quiet;

    public SubscriberSet() => _endWake = EndWake;

    public int Count => Volatile.Read(ref _count);

    public void Add(Subscriber subscriber)
    {
        lock (_gate)
        {
            if (_count == _members.Length)
            {
                Array.Resize(ref _members, Math.Max(1, _count * 2));
            }

            subscriber.SetIndex = _count;
            _members[_count++] = subscriber;
        }
    }

    public void Remove(Subscriber subscriber)
    {
        lock (_gate)
        {
            var last = _members[--_count];
            _members[subscriber.SetIndex] = last;
            last.SetIndex = subscriber.SetIndex;
            _members[_count] = null!;
        }
    }

    /// <summary>Wakes everyone who waits, soon and on other threads. Several calls before that happens are one wake.</summary>
    public void Wake()
    {
        if (Interlocked.CompareExchange(ref _state, Waking, Quiet) == Quiet)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
        else if (Interlocked.CompareExchange(ref _state, WakingAndMore, Waking) == Quiet)
        {
            // It has just become quiet.
            Wake();
        }
    }

    /// <summary>Cuts off those who have stalled at <paramref name="tick"/>, and wakes those for whom something else is due.</summary>
    public void OnTick(long tick)
    {
        foreach (var subscriber in Stalled(tick))
        {
            subscriber.Abort();
        }

        TakeAll(subscriber => subscriber.TryTakeDue(tick))?.Run(static subscriber => subscriber.Resume(), static () => { });
    }

    /// <summary>Lets every stream end as soon as it has written what it is writing.</summary>
    public void Drain()
    {
        lock (_gate)
        {
            foreach (var subscriber in _members.AsSpan(0, _count))
            {
                subscriber.MarkDraining();
            }
        }

        Wake();
    }

    void IThreadPoolWorkItem.Execute()
    {
        // A full fence: a subscriber that begins to wait after the look below sees what was added before the wake was asked for.
        Interlocked.Exchange(ref _state, Waking);
        if (TakeAll(static subscriber => subscriber.TryTake(WakeReason.News)) is { } batch)
        {
            batch.Run(static subscriber => subscriber.WriteNews(), _endWake);
        }
        else
        {
            EndWake();
        }
    }

    private void EndWake()
    {
        if (Interlocked.CompareExchange(ref _state, Quiet, Waking) != Waking)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    // Found under the lock and cut off outside it: what follows from an abort is not for a lock to hold.
    private List<Subscriber> Stalled(long tick)
    {
        var stalled = new List<Subscriber>();
        lock (_gate)
        {
            foreach (var subscriber in _members.AsSpan(0, _count))
            {
                if (subscriber.IsStalled(tick))
                {
                    stalled.Add(subscriber);
                }
            }
        }

        return stalled;
    }

    private WakeBatch? TakeAll(Func<Subscriber, bool> take)
    {
        lock (_gate)
        {
            WakeBatch? batch = null;
            foreach (var subscriber in _members.AsSpan(0, _count))
            {
                if (take(subscriber))
                {
                    batch ??= new WakeBatch(_count);
                    batch.Add(subscriber);
                }
            }

            return batch;
        }
    }
}

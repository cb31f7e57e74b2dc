namespace LiveStreams.Core.FanOut;

/// <summary>The subscribers of one feed, and how they are woken: all who wait at once, off the publisher's thread.</summary>
internal sealed class Audience : IThreadPoolWorkItem
{
    private readonly Lock _gate = new();
    private Subscriber[] _members = [];
    private int _count;
    private int _wakeQueued;

    public int Count => Volatile.Read(ref _count);

    public void Add(Subscriber subscriber)
    {
        lock (_gate)
        {
            if (_count == _members.Length)
            {
                Array.Resize(ref _members, Math.Max(1, _count * 2));
            }

            subscriber.Seat = _count;
            _members[_count++] = subscriber;
        }
    }

    public void Remove(Subscriber subscriber)
    {
        lock (_gate)
        {
            var last = _members[--_count];
            _members[subscriber.Seat] = last;
            last.Seat = subscriber.Seat;
            _members[_count] = null!;
        }
    }

    /// <summary>Wakes everyone who waits, soon and on other threads. Several calls before that happens are one wake.</summary>
    public void Wake()
    {
        if (Interlocked.Exchange(ref _wakeQueued, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <summary>Cuts off those who have stalled at <paramref name="tick"/>, and wakes those for whom something else is due.</summary>
    public void Tend(long tick)
    {
        foreach (var subscriber in Stalled(tick))
        {
            subscriber.Abort();
        }

        TakeAll(subscriber => subscriber.TryTakeDue(tick))?.Run();
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
        Interlocked.Exchange(ref _wakeQueued, 0);
        TakeAll(static subscriber => subscriber.TryTake(FanOut.Wake.News))?.Run();
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

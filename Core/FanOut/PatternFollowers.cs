using LiveStreams.Core.Metrics;

namespace LiveStreams.Core.FanOut;

/// <summary>The streams of the process that follow pages by patterns.</summary>
internal sealed class PatternFollowers
{
    private readonly Lock _gate = new();
    private readonly HashSet<Subscriber> _subscribers = [];
    private long _completeUntil;

    /// <summary>
    /// All of them have been offered the pages that were born before this moment, in Unix seconds.
    /// </summary>
    public long CompleteUntil
    {
        get => Volatile.Read(ref _completeUntil);
        set => Volatile.Write(ref _completeUntil, value);
    }

    public bool Any
    {
        get
        {
            lock (_gate)
            {
                return _subscribers.Count > 0;
            }
        }
    }

    public void Add(Subscriber subscriber)
    {
        lock (_gate)
        {
            _subscribers.Add(subscriber);
        }
    }

    public void Remove(Subscriber subscriber)
    {
        lock (_gate)
        {
            _subscribers.Remove(subscriber);
        }
    }

    /// <summary>Offers pages that were born to those that follow them.</summary>
    public void Offer(IReadOnlyList<PageId> pages) => ForEach(subscriber => subscriber.Offer(pages));

    /// <summary>
    /// Wakes those for which something is due. A stream without pages has no feed that would do it.
    /// </summary>
    public void OnTick(long tick) => ForEach(subscriber =>
    {
        if (subscriber.TryClaimIfDue(tick) || subscriber.TryClaimForPatterns(tick))
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                static claimed => claimed.Resume(), subscriber, preferLocal: false);
        }
    });

    /// <summary>Ends all of them gracefully, because their patterns cannot be followed.</summary>
    public void End() => ForEach(static subscriber => subscriber.EndGracefully(StreamEnd.Pattern));

    public void AddTo(HashSet<Subscriber> subscribers)
    {
        lock (_gate)
        {
            subscribers.UnionWith(_subscribers);
        }
    }

    private void ForEach(Action<Subscriber> action)
    {
        Subscriber[] subscribers;
        lock (_gate)
        {
            subscribers = [.. _subscribers];
        }

        Array.ForEach(subscribers, action);
    }
}

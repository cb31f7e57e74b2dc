using System.Collections.Concurrent;

namespace LiveStreams.Api.Limits;

/// <summary>
/// A rate limit for each key: a bucket of <paramref name="burst"/> tokens, by default a second's, to which
/// <paramref name="perSecond"/> tokens are added each second; 0 is no limit. A bucket may be overdrawn by up to
/// <paramref name="overdraft"/> tokens, which are taken from those added later, so that the rate is kept over time. A
/// full bucket has no effect, so <see cref="RemoveIdle"/> removes it: there are buckets only for the keys used within
/// the time that a burst takes.
/// </summary>
internal sealed class KeyedRateLimiter<TKey>(int perSecond, int? burst, TimeProvider time, int overdraft = 0)
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, Bucket> _buckets = new();
    private readonly long _interval = time.TimestampFrequency / Math.Max(perSecond, 1);
    private readonly int _burst = burst ?? Math.Max(perSecond, 1);

    /// <summary>Keys with a bucket.</summary>
    public int Count => _buckets.Count;

    /// <summary>Whether the key has a token left. Takes none, and makes no bucket.</summary>
    public bool HasToken(TKey key) => perSecond == 0
        || !_buckets.TryGetValue(key, out var bucket)
        || bucket.HasToken(time.GetTimestamp(), _interval, _burst * _interval);

    /// <summary>Takes a token; false when the key has none left.</summary>
    public bool TryAcquire(TKey key) => TryAcquire(key, _burst);

    /// <summary>
    /// Takes a token, or overdraws the bucket by one; false when it is overdrawn as far as it may be.
    /// </summary>
    public bool TryOverdraw(TKey key) => TryAcquire(key, _burst + overdraft);

    /// <summary>
    /// Removes the full buckets. A caller that takes from a bucket while it is being removed gets one token more than
    /// the rate.
    /// </summary>
    public void RemoveIdle()
    {
        var now = time.GetTimestamp();
        foreach (var (key, bucket) in _buckets)
        {
            if (bucket.IsFull(now))
            {
                _buckets.TryRemove(KeyValuePair.Create(key, bucket));
            }
        }
    }

    private bool TryAcquire(TKey key, long tokens) => perSecond == 0
        || _buckets.GetOrAdd(key, static _ => new Bucket()).TryTake(time.GetTimestamp(), _interval, tokens * _interval);

    // The generic cell rate algorithm (ITU-T I.371): the only state is the time at which the bucket is full again.
    private sealed class Bucket
    {
        private long _fullAt = long.MinValue;

        public bool IsFull(long now) => Volatile.Read(ref _fullAt) <= now;

        public bool HasToken(long now, long interval, long limit) =>
            Math.Max(Volatile.Read(ref _fullAt), now) + interval - now <= limit;

        public bool TryTake(long now, long interval, long limit)
        {
            var before = Volatile.Read(ref _fullAt);
            while (true)
            {
                var after = Math.Max(before, now) + interval;
                if (after - now > limit)
                {
                    return false;
                }

                var seen = Interlocked.CompareExchange(ref _fullAt, after, before);
                if (seen == before)
                {
                    return true;
                }

                before = seen;
            }
        }
    }
}

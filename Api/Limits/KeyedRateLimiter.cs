using System.Collections.Concurrent;

namespace LiveStreams.Api.Limits;

/// <summary>
/// A rate limit for each key: a bucket of <c>burst</c> tokens, by default a second's, to which <c>perSecond</c> tokens
/// are added each second; 0 is no limit. A bucket may be overdrawn by up to <c>overdraft</c> tokens, which are taken
/// from those added later, so that the rate is kept over time. A full bucket has no effect, so it is removed once a
/// second: there are buckets only for the keys used within the time that a burst takes.
/// </summary>
internal sealed class KeyedRateLimiter<TKey> : IDisposable
    where TKey : notnull
{
    private static readonly TimeSpan _sweepPeriod = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<TKey, Bucket> _buckets = new();
    private readonly int _perSecond;
    private readonly int _burst;
    private readonly int _overdraft;
    private readonly TimeProvider _time;
    private readonly long _interval;
    private readonly ITimer _sweepTimer;

    public KeyedRateLimiter(int perSecond, int? burst, TimeProvider time, int overdraft = 0)
    {
        _perSecond = perSecond;
        _burst = burst ?? Math.Max(perSecond, 1);
        _overdraft = overdraft;
        _time = time;
        _interval = time.TimestampFrequency / Math.Max(perSecond, 1);
        _sweepTimer = time.CreateTimer(_ => RemoveFull(), null, _sweepPeriod, _sweepPeriod);
    }

    /// <summary>Keys with a bucket.</summary>
    public int Count => _buckets.Count;

    /// <summary>Whether the key has a token left. Takes none, and makes no bucket.</summary>
    public bool HasToken(TKey key) => HasToken(key, _burst);

    /// <summary>Whether <see cref="TryOverdraw"/> would succeed.</summary>
    public bool MayOverdraw(TKey key) => HasToken(key, _burst + _overdraft);

    /// <summary>Takes a token; false when the key has none left.</summary>
    public bool TryAcquire(TKey key) => TryAcquire(key, count: 1);

    /// <summary>
    /// Takes <paramref name="count"/> tokens, or as many as fit into the bucket if that is less; false when the key
    /// does not have them.
    /// </summary>
    public bool TryAcquire(TKey key, int count) => TryTake(key, Math.Min(count, _burst), _burst);

    /// <summary>
    /// Takes a token, or overdraws the bucket by one; false when it is overdrawn as far as it may be.
    /// </summary>
    public bool TryOverdraw(TKey key) => TryTake(key, count: 1, _burst + _overdraft);

    public void Dispose() => _sweepTimer.Dispose();

    // A caller that takes from a bucket while it is being removed gets one token more than the rate.
    private void RemoveFull()
    {
        var now = _time.GetTimestamp();
        foreach (var (key, bucket) in _buckets)
        {
            if (bucket.IsFull(now))
            {
                _buckets.TryRemove(KeyValuePair.Create(key, bucket));
            }
        }
    }

    private bool HasToken(TKey key, long tokens) => _perSecond == 0
        || !_buckets.TryGetValue(key, out var bucket)
        || bucket.HasToken(_time.GetTimestamp(), _interval, tokens * _interval);

    private bool TryTake(TKey key, int count, long tokens) => _perSecond == 0
        || _buckets.GetOrAdd(key, static _ => new Bucket())
            .TryTake(_time.GetTimestamp(), count * _interval, tokens * _interval);

    // The generic cell rate algorithm (ITU-T I.371): the only state is the time at which the bucket is full again.
    private sealed class Bucket
    {
        private long _fullAt = long.MinValue;

        public bool IsFull(long now) => Volatile.Read(ref _fullAt) <= now;

        public bool HasToken(long now, long interval, long limit) =>
            Math.Max(Volatile.Read(ref _fullAt), now) + interval - now <= limit;

        public bool TryTake(long now, long cost, long limit)
        {
            var before = Volatile.Read(ref _fullAt);
            while (true)
            {
                var after = Math.Max(before, now) + cost;
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

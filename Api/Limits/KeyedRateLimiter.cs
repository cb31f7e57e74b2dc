using System.Collections.Concurrent;
using System.Threading.RateLimiting;

namespace LiveStreams.Api.Limits;

/// <summary>
/// A rate for each key: a bucket of <paramref name="burst"/> tokens, by default a second's, filled with <paramref name="perSecond"/> a second; 0 is no limit. A full bucket is as good as none, and
/// is dropped by <see cref="DropFull"/>: buckets are only there for keys in use within the last burst's time.
/// </summary>
internal sealed class KeyedRateLimiter<TKey>(int perSecond, int? burst) where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, TokenBucketRateLimiter> _buckets = new();

    private readonly TokenBucketRateLimiterOptions _options = new()
    {
        TokenLimit = burst ?? Math.Max(perSecond, 1),
        TokensPerPeriod = Math.Max(perSecond, 1),
        ReplenishmentPeriod = TimeSpan.FromSeconds(1),

        // Filled when it is asked, by the time that has passed: a timer for each would cost more than what it counts.
        AutoReplenishment = false,
    };

    /// <summary>Keys with a bucket.</summary>
    public int Count => _buckets.Count;

    /// <summary>Takes a token; false when there is none.</summary>
    public bool TryTake(TKey key)
    {
        if (perSecond == 0)
        {
            return true;
        }

        var bucket = _buckets.GetOrAdd(key, static (_, options) => new TokenBucketRateLimiter(options), _options);
        bucket.TryReplenish();
        using var lease = bucket.AttemptAcquire();
        return lease.IsAcquired;
    }

    /// <summary>Whoever takes from a bucket in the moment in which it is dropped takes one token more than the rate.</summary>
    public void DropFull()
    {
        foreach (var (key, bucket) in _buckets)
        {
            bucket.TryReplenish();
            if (bucket.IdleDuration is not null)
            {
                _buckets.TryRemove(KeyValuePair.Create(key, bucket));
            }
        }
    }
}

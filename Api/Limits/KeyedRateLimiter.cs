using System.Collections.Concurrent;
using System.Threading.RateLimiting;

namespace LiveStreams.Api.Limits;

/// <summary>
/// A rate limit for each key: a bucket of <paramref name="burst"/> tokens, by default a second's, to which
/// <paramref name="perSecond"/> tokens are added each second; 0 is no limit. A full bucket has no effect, so
/// <see cref="RemoveIdle"/> removes it: there are buckets only for the keys used within the time that a burst takes.
/// </summary>
internal sealed class KeyedRateLimiter<TKey>(int perSecond, int? burst)
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, TokenBucketRateLimiter> _buckets = new();

    private readonly TokenBucketRateLimiterOptions _options = new()
    {
        TokenLimit = burst ?? Math.Max(perSecond, 1),
        TokensPerPeriod = Math.Max(perSecond, 1),
        ReplenishmentPeriod = TimeSpan.FromSeconds(1),

        // Replenished when used, by the time that has passed: a timer for each would cost more than what it counts.
        AutoReplenishment = false,
    };

    /// <summary>Keys with a bucket.</summary>
    public int Count => _buckets.Count;

    /// <summary>Whether the key has a token left. Takes none, and makes no bucket.</summary>
    public bool HasToken(TKey key)
    {
        if (!_buckets.TryGetValue(key, out var bucket))
        {
            return true;
        }

        // Not by acquiring none of its tokens: that succeeds if there is a part of one.
        bucket.TryReplenish();
        return bucket.GetStatistics()!.CurrentAvailablePermits > 0;
    }

    /// <summary>Takes a token; false when the key has none left.</summary>
    public bool TryAcquire(TKey key)
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

    /// <summary>
    /// Removes the full buckets. A caller that takes from a bucket while it is being removed gets one token more than
    /// the rate.
    /// </summary>
    public void RemoveIdle()
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

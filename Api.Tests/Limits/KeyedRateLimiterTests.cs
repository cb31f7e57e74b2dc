using LiveStreams.Api.Limits;

namespace LiveStreams.Api.Tests.Limits;

public sealed class KeyedRateLimiterTests
{
    [Fact]
    public void Each_key_has_a_burst_of_its_own()
    {
        // So slow that none comes back while the test runs.
        var buckets = new KeyedRateLimiter<string>(perSecond: 1, burst: 1000);
        foreach (var key in new[] { "a", "b" })
        {
            Assert.InRange(Enumerable.Range(0, 2000).Count(_ => buckets.TryAcquire(key)), 1000, 1060);
        }

        Assert.False(buckets.TryAcquire("a"));
    }

    [Fact]
    public void A_rate_of_0_is_no_limit_and_counts_nobody()
    {
        var buckets = new KeyedRateLimiter<string>(perSecond: 0, burst: 1);
        Assert.All(Enumerable.Range(0, 1000), _ => Assert.True(buckets.TryAcquire("a")));
        Assert.Equal(0, buckets.Count);
    }

    [Fact]
    public async Task Tokens_come_back_at_the_rate()
    {
        var buckets = new KeyedRateLimiter<string>(perSecond: 100, burst: 1);
        var start = TimeProvider.System.GetTimestamp();
        var taken = 0;
        await Wait.UntilAsync(() => Task.FromResult((taken += buckets.TryAcquire("a") ? 1 : 0) == 20), "20 tokens");

        // The first was there; 19 more take 190 ms at least.
        Assert.True(TimeProvider.System.GetElapsedTime(start) > TimeSpan.FromMilliseconds(185));
    }

    [Fact]
    public async Task A_hundred_thousand_keys_are_forgotten_once_they_are_slow_enough_again()
    {
        var buckets = new KeyedRateLimiter<string>(perSecond: 1000, burst: null);
        for (var i = 0; i < 100_000; i++)
        {
            Assert.True(buckets.TryAcquire($"page {i}"));
        }

        await Wait.UntilAsync(
            () =>
            {
                buckets.RemoveIdle();
                return Task.FromResult(buckets.Count == 0);
            },
            "all buckets are dropped");
    }

    [Fact]
    public void A_key_that_is_over_its_rate_is_not_forgotten()
    {
        var buckets = new KeyedRateLimiter<string>(perSecond: 1, burst: 1000);
        while (buckets.TryAcquire("a"))
        {
        }

        buckets.RemoveIdle();
        Assert.Equal(1, buckets.Count);
        Assert.False(buckets.TryAcquire("a") && buckets.TryAcquire("a"));
    }
}

using LiveStreams.Api.Limits;

namespace LiveStreams.Api.Tests.Limits;

public sealed class KeyedRateLimiterTests
{
    [Fact]
    public void Each_key_has_a_burst_of_its_own()
    {
        // The rate is so low that few permits are refilled while the test runs.
        var limiter = new KeyedRateLimiter<string>(perSecond: 1, burst: 1000);
        foreach (var key in new[] { "a", "b" })
        {
            Assert.InRange(Enumerable.Range(0, 2000).Count(_ => limiter.TryAcquire(key)), 1000, 1060);
        }

        Assert.False(limiter.TryAcquire("a"));
    }

    [Fact]
    public void A_rate_of_0_means_no_limit_and_keeps_no_key()
    {
        var limiter = new KeyedRateLimiter<string>(perSecond: 0, burst: 1);
        Assert.All(Enumerable.Range(0, 1000), _ => Assert.True(limiter.TryAcquire("a")));
        Assert.Equal(0, limiter.Count);
    }

    [Fact]
    public async Task Permits_are_refilled_at_the_rate()
    {
        var limiter = new KeyedRateLimiter<string>(perSecond: 100, burst: 1);
        var start = TimeProvider.System.GetTimestamp();
        var acquired = 0;
        await Wait.UntilAsync(() => Task.FromResult((acquired += limiter.TryAcquire("a") ? 1 : 0) == 20), "20 permits");

        // The first permit is there at once. The other 19 take at least 190 ms.
        Assert.True(TimeProvider.System.GetElapsedTime(start) > TimeSpan.FromMilliseconds(185));
    }

    [Fact]
    public async Task A_hundred_thousand_keys_are_removed_once_they_are_idle()
    {
        var limiter = new KeyedRateLimiter<string>(perSecond: 1000, burst: null);
        for (var i = 0; i < 100_000; i++)
        {
            Assert.True(limiter.TryAcquire($"page {i}"));
        }

        await Wait.UntilAsync(
            () =>
            {
                limiter.RemoveIdle();
                return Task.FromResult(limiter.Count == 0);
            },
            "all keys are removed");
    }

    [Fact]
    public void A_key_over_its_rate_is_not_removed()
    {
        var limiter = new KeyedRateLimiter<string>(perSecond: 1, burst: 1000);
        while (limiter.TryAcquire("a"))
        {
        }

        limiter.RemoveIdle();
        Assert.Equal(1, limiter.Count);
        Assert.False(limiter.TryAcquire("a") && limiter.TryAcquire("a"));
    }
}

using LiveStreams.Api.Limits;
using Microsoft.Extensions.Time.Testing;

namespace LiveStreams.Api.Tests.Limits;

public sealed class KeyedRateLimiterTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Each_key_has_a_burst_of_its_own()
    {
        using var limiter = new KeyedRateLimiter<string>(perSecond: 1, burst: 1000, _time);
        foreach (var key in new[] { "a", "b" })
        {
            Assert.Equal(1000, Enumerable.Range(0, 2000).Count(_ => limiter.TryAcquire(key)));
        }

        Assert.False(limiter.TryAcquire("a"));
    }

    [Fact]
    public void A_rate_of_0_means_no_limit_and_keeps_no_key()
    {
        using var limiter = new KeyedRateLimiter<string>(perSecond: 0, burst: 1, _time);
        Assert.All(Enumerable.Range(0, 1000), _ => Assert.True(limiter.TryAcquire("a")));
        Assert.Equal(0, limiter.Count);
    }

    [Fact]
    public void Permits_are_refilled_at_the_rate()
    {
        using var limiter = new KeyedRateLimiter<string>(perSecond: 100, burst: 1, _time);
        var acquired = 0;
        for (var millisecond = 0; millisecond < 1000; millisecond++)
        {
            acquired += limiter.TryAcquire("a") ? 1 : 0;
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal(100, acquired);
    }

    [Fact]
    public void An_overdraft_is_taken_from_the_permits_that_are_refilled_later()
    {
        using var limiter = new KeyedRateLimiter<string>(perSecond: 10, burst: 10, _time, overdraft: 5);
        Assert.Equal(10, Enumerable.Range(0, 20).Count(_ => limiter.TryAcquire("a")));
        Assert.Equal(5, Enumerable.Range(0, 20).Count(_ => limiter.TryOverdraw("a")));

        _time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.False(limiter.TryAcquire("a"));
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.True(limiter.TryAcquire("a"));
    }

    [Fact]
    public void A_hundred_thousand_keys_are_removed_once_they_are_idle()
    {
        using var limiter = new KeyedRateLimiter<string>(perSecond: 1000, burst: null, _time);
        for (var i = 0; i < 100_000; i++)
        {
            Assert.True(limiter.TryAcquire($"page {i}"));
        }

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(0, limiter.Count);
    }

    [Fact]
    public void A_key_over_its_rate_is_not_removed()
    {
        using var limiter = new KeyedRateLimiter<string>(perSecond: 1, burst: 1000, _time);
        while (limiter.TryAcquire("a"))
        {
        }

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(1, limiter.Count);
        Assert.True(limiter.TryAcquire("a"));
        Assert.False(limiter.TryAcquire("a"));
    }

    [Fact]
    public void Whether_a_key_may_overdraw_takes_nothing_from_it()
    {
        using var limiter = new KeyedRateLimiter<string>(perSecond: 10, burst: 1, _time, overdraft: 1);
        Assert.True(limiter.TryAcquire("a"));
        for (var i = 0; i < 10; i++)
        {
            Assert.False(limiter.HasToken("a"));
            Assert.True(limiter.MayOverdraw("a"));
        }

        Assert.True(limiter.TryOverdraw("a"));
        Assert.False(limiter.MayOverdraw("a"));
    }
}

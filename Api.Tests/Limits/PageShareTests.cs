using LiveStreams.Api.Limits;
using LiveStreams.Core;
using Microsoft.Extensions.Time.Testing;

namespace LiveStreams.Api.Tests.Limits;

/// <summary>No publisher uses up the rate of a page for the others.</summary>
public sealed class PageShareTests : IDisposable
{
    private static readonly PageId _home = PageId.Parse("home");
    private static readonly TimeSpan _millisecond = TimeSpan.FromMilliseconds(1);

    private readonly FakeTimeProvider _time = new();
    private readonly PublishRateLimiter _rates;

    // Publishers have no rate of their own here: it is not what stops them.
    public PageShareTests() => _rates = new PublishRateLimiter(new LimitOptions { PublishesPerSecond = 0 }, _time);

    public void Dispose() => _rates.Dispose();

    [Fact]
    public void A_publisher_that_sends_one_update_a_second_is_never_refused_beside_five_that_send_all_they_can()
    {
        var flooding = new Dictionary<string, int>();
        for (var millisecond = 0; millisecond < 20_000; millisecond++)
        {
            for (var n = 0; n < 10; n++)
            {
                var name = $"flood {n % 5}";
                flooding[name] = flooding.GetValueOrDefault(name) + (TryPublish(name) ? 1 : 0);
            }

            Assert.True(millisecond % 1_000 != 500 || TryPublish("colleague"));
            _time.Advance(_millisecond);
        }

        // The page's rate holds over time: a second's burst, half a second's overdraft, and 1,000 updates a second.
        Assert.InRange(flooding.Values.Sum(), 20_000, 20_000 + 1_500);
    }

    [Fact]
    public void A_publisher_may_use_a_tenth_of_the_rate_of_a_page_that_another_uses_up()
    {
        var published = 0;
        for (var millisecond = 0; millisecond < 10_000; millisecond++)
        {
            for (var n = 0; n < 2; n++)
            {
                TryPublish("flood");
            }

            published += TryPublish("colleague") ? 1 : 0;
            _time.Advance(_millisecond);
        }

        Assert.InRange(published, 1_000, 10_000);
    }

    [Fact]
    public void A_publisher_alone_on_a_page_has_all_of_its_rate()
    {
        var published = 0;
        for (var millisecond = 0; millisecond < 10_000; millisecond++)
        {
            published += TryPublish("alone") ? 1 : 0;
            published += TryPublish("alone") ? 1 : 0;
            _time.Advance(_millisecond);
        }

        Assert.InRange(published, 10_000, 10_000 + 1_000 + 100);
    }

    private bool TryPublish(string publisher) => _rates.TryAcquire(new Publisher(publisher, default), _home, out _);
}

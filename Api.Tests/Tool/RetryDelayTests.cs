using LiveStreams.Api.Tool;

namespace LiveStreams.Api.Tests.Tool;

/// <summary>How long the tool waits before it tries again.</summary>
public sealed class RetryDelayTests
{
    [Fact]
    public void The_wait_doubles_up_to_30_seconds_and_starts_again_after_a_success()
    {
        var delay = new RetryDelay(new NoJitter()) { First = TimeSpan.FromSeconds(4) };

        Assert.Equal([4, 8, 16, 30, 30], Enumerable.Range(0, 5).Select(_ => delay.Next().TotalSeconds));
        delay.Reset();
        Assert.Equal(4, delay.Next().TotalSeconds);
    }

    [Fact]
    public void What_the_server_asks_for_is_waited_and_at_most_half_as_much_again()
    {
        var delay = new RetryDelay(new Random(1));
        var waits = Enumerable.Range(0, 100).Select(_ => delay.Next(TimeSpan.FromSeconds(60)).TotalSeconds).ToList();

        Assert.All(waits, wait => Assert.InRange(wait, 60, 90));
        Assert.Equal(100, waits.Distinct().Count());
    }

    private sealed class NoJitter : Random
    {
        public override double NextDouble() => 0;
    }
}

namespace LiveStreams.Redis.Tests;

/// <summary>When the client tries again to connect, and how long an attempt may take.</summary>
public sealed class ReconnectDelayTests
{
    private readonly ReconnectDelay _delay = new(connectTimeoutMilliseconds: 5000);

    [Theory]
    [InlineData(0, 1000)]
    [InlineData(1, 2000)]
    [InlineData(2, 4000)]
    [InlineData(3, 5000)]
    [InlineData(long.MaxValue, 5000)]
    public void A_lost_connection_is_tried_again_after_one_second_and_then_after_twice_the_time(
        long retry, int milliseconds)
    {
        _delay.OnConnected();

        Assert.False(_delay.ShouldRetry(retry, milliseconds - 1));
        Assert.True(_delay.ShouldRetry(retry, milliseconds));
    }

    [Fact]
    public void The_first_connection_may_take_the_whole_timeout()
    {
        Assert.False(_delay.ShouldRetry(0, 4999));
        Assert.True(_delay.ShouldRetry(0, 5000));
    }
}

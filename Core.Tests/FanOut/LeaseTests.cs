namespace LiveStreams.Core.Tests.FanOut;

/// <summary>What a subscriber was given to sit on is given back once, however it leaves.</summary>
public sealed class LeaseTests : IDisposable
{
    private readonly FanOutBench _bench = new();
    private readonly Lease _lease = new();

    [Fact]
    public async Task When_the_subscriber_leaves()
    {
        var subscriber = await JoinAsync();
        Assert.Equal(0, _lease.GivenBack);
        subscriber.Dispose();
        Assert.Equal(1, _lease.GivenBack);
    }

    [Fact]
    public async Task When_the_feed_cannot_open()
    {
        _bench.Log.Away = true;
        await Assert.ThrowsAsync<StoreUnavailableException>(JoinAsync);
        Assert.Equal(1, _lease.GivenBack);
    }

    [Fact]
    public async Task When_the_store_does_not_answer()
    {
        _bench.Log.Hold();
        var joining = JoinAsync();
        await Wait.UntilAsync(() => _bench.Log.Held > 0, "the feed reads the head");
        _bench.Time.Advance(TimeSpan.FromSeconds(1.5));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => joining.BoundedAsync());
        Assert.Equal(1, _lease.GivenBack);
    }

    public void Dispose() => _lease.Dispose();

    private Task<Core.FanOut.Subscriber> JoinAsync() => _bench.Feeds.SubscribeAsync(FanOutBench.Home, () => { }, _lease, TestContext.Current.CancellationToken).AsTask();

    private sealed class Lease : IDisposable
    {
        public int GivenBack { get; private set; }

        public void Dispose() => GivenBack++;
    }
}

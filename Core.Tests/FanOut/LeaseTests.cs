using LiveStreams.Core.FanOut;

namespace LiveStreams.Core.Tests.FanOut;

/// <summary>The lease of a subscriber is returned once, however the subscriber leaves.</summary>
public sealed class LeaseTests : IDisposable
{
    private readonly FanOutHarness _fanOut = new();
    private readonly Lease _lease = new();

    [Fact]
    public async Task The_lease_is_returned_when_the_subscriber_leaves()
    {
        var subscriber = await JoinAsync();
        Assert.Equal(0, _lease.Returned);
        subscriber.Dispose();
        Assert.Equal(1, _lease.Returned);
    }

    [Fact]
    public async Task The_lease_is_returned_when_the_feed_cannot_open()
    {
        _fanOut.Log.IsUnavailable = true;
        await Assert.ThrowsAsync<StoreUnavailableException>(JoinAsync);
        Assert.Equal(1, _lease.Returned);
    }

    [Fact]
    public async Task The_lease_is_returned_when_the_store_does_not_respond()
    {
        _fanOut.Log.Hold();
        var joining = JoinAsync();
        await Wait.UntilAsync(() => _fanOut.Log.Held > 0, "the feed reads the head");
        _fanOut.Time.Advance(TimeSpan.FromSeconds(1.5));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => joining.BoundedAsync());
        Assert.Equal(1, _lease.Returned);
    }

    public void Dispose() => _lease.Dispose();

    private Task<Subscriber> JoinAsync() => _fanOut.JoinAsync(_lease).AsTask();

    private sealed class Lease : IStreamLease
    {
        public int Returned { get; private set; }

        public bool TryAddPages(int count) => true;

        public void Dispose() => Returned++;
    }
}

using LiveStreams.Bench.Load;

namespace LiveStreams.Bench.Tests;

public sealed class DeliveryTrackerTests
{
    [Fact]
    public void A_run_is_complete_when_every_update_has_a_response_and_all_deliveries()
    {
        var tracker = new DeliveryTracker(pages: 1, subscribersPerPage: 2);
        var number = tracker.RecordSend();
        tracker.RecordDelivery(number, now: 0);
        tracker.RecordDelivery(number, now: 0);
        Assert.False(tracker.IsComplete);

        tracker.RecordResponse(now: 0);
        Assert.True(tracker.IsComplete);
    }

    [Fact]
    public void An_update_that_came_twice_does_not_replace_one_that_never_came()
    {
        var tracker = new DeliveryTracker(pages: 2, subscribersPerPage: 1);
        Assert.Equal([0, 1, 2, 3], Enumerable.Range(0, 4).Select(_ => tracker.RecordSend()));

        Assert.True(tracker.HasReceivedAll(page: 0, updates: 2, numberSum: 0 + 2));
        Assert.True(tracker.HasReceivedAll(page: 1, updates: 2, numberSum: 1 + 3));
        Assert.False(tracker.HasReceivedAll(page: 0, updates: 2, numberSum: 2 + 2));
        Assert.False(tracker.HasReceivedAll(page: 0, updates: 1, numberSum: 2));
    }
}

using System.Net.ServerSentEvents;
using LiveStreams.Core.FanOut;

namespace LiveStreams.Core.Tests.FanOut;

/// <summary>When a feed opens, compares heads, resets its subscribers and closes.</summary>
public sealed class PageFeedTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(10_000)]
    [InlineData(10_001)]
    [InlineData(13_999)]
    [InlineData(100_000)]
    public void Every_feed_is_checked_before_the_first_is_due_again(int feeds) =>
        Assert.True((long)FeedRegistry.CheckTicks(feeds) * FeedRegistry.MaxChecksPerTick >= feeds);

    [Fact]
    public async Task A_feed_without_subscribers_and_a_lossless_bus_need_no_comparison_of_heads()
    {
        var fanOut = new FanOutHarness();
        var reader = await fanOut.SubscribeAsync(UpdateId.None);
        await reader.LeaveAsync();
        await fanOut.TickAsync(6);
        Assert.Equal(1, fanOut.Log.Heads);

        var lossless = new FanOutHarness(mayLose: false);
        await lossless.SubscribeAsync(UpdateId.None);
        await lossless.TickAsync(20);
        Assert.Equal(1, lossless.Log.Heads);
    }

    [Fact]
    public async Task An_emptied_store_resets_every_subscriber_once_and_each_receives_every_update_of_the_new_epoch()
    {
        var fanOut = new FanOutHarness(ringFrames: 64);
        TestReader[] readers =
            [await fanOut.SubscribeAsync(UpdateId.None), await fanOut.SubscribeAsync(UpdateId.None)];
        await fanOut.PublishAsync(1, 3);
        foreach (var reader in readers)
        {
            await reader.NextDataAsync(3);
        }

        fanOut.Log.Empty();
        var first = await fanOut.PublishAsync("anew");
        await Wait.UntilAsync(
            () => Array.TrueForAll(readers, reader => reader.TryPeek(out _)), "every subscriber has received it");
        await fanOut.PublishAsync("more");

        foreach (var reader in readers)
        {
            var reset = await reader.NextAsync();
            Assert.Equal("reset", reset.EventType);
            Assert.Equal($$"""{"reason":"epoch","from":"{{first.Before(1)}}","missed":null}""", reset.Data);
            Assert.Equal(first.Before(1).ToString(), reset.EventId);
            Assert.Equal(["anew", "more"], await reader.NextDataAsync(2));
        }
    }

    [Fact]
    public async Task An_emptied_store_is_detected_before_anything_is_published_to_it()
    {
        var fanOut = new FanOutHarness(ringFrames: 64);
        var reader = await fanOut.SubscribeAsync(UpdateId.None);
        await fanOut.PublishAsync(1, 3);
        await reader.NextDataAsync(3);

        fanOut.Log.Empty();
        var reset = await fanOut.TickUntilAsync(reader.NextAsync());

        Assert.Equal(("reset", "0"), (reset.EventType, reset.EventId));
        Assert.Contains("\"reason\":\"epoch\"", reset.Data, StringComparison.Ordinal);
        await fanOut.PublishAsync("anew");
        Assert.Equal("anew", await reader.NextDataAsync());
    }

    [Fact]
    public async Task A_subscriber_that_finds_the_new_epoch_before_its_feed_does_receives_every_update_at_once()
    {
        var fanOut = new FanOutHarness(ringFrames: 64);
        var old = await fanOut.PublishAsync(1, 3);
        var first = await fanOut.SubscribeAsync(old);
        fanOut.Bus.Deliver = _ => [];

        fanOut.Log.Empty();
        var head = await fanOut.PublishAsync(1, 30);
        var behind = await fanOut.SubscribeAsync(old.Before(3));

        Assert.Equal(("reset", head.Before(1).ToString()), TypeAndId(await behind.NextAsync()));
        Assert.Equal(FanOutHarness.Numbers(1, 30), await behind.NextDataAsync(30));

        // The feed, which is still in the old epoch, follows with the next update.
        fanOut.Bus.Deliver = update => [update];
        await fanOut.PublishAsync("31");
        Assert.Equal("31", await behind.NextDataAsync());
        Assert.Equal(("reset", head.Before(1).ToString()), TypeAndId(await first.NextAsync()));
        Assert.Equal(FanOutHarness.Numbers(1, 31), await first.NextDataAsync(31));

        static (string Type, string? Id) TypeAndId(SseItem<string> item) => (item.EventType, item.EventId);
    }

    [Fact]
    public async Task A_subscriber_that_joins_an_emptied_page_gets_nothing_of_the_old_epoch_from_the_ring()
    {
        var fanOut = new FanOutHarness(ringFrames: 64);
        var old = await fanOut.SubscribeAsync(UpdateId.None);
        await fanOut.PublishAsync(1, 3);
        await old.NextDataAsync(3);

        fanOut.Log.Empty();
        var reader = await fanOut.SubscribeAsync(UpdateId.None);
        await Wait.UntilAsync(() => reader.IsWaiting, "the new subscriber waits for news");
        await fanOut.PublishAsync("anew");

        Assert.Equal("anew", await reader.NextDataAsync());
    }

    [Fact]
    public async Task A_feed_that_cannot_open_refuses_the_subscriber_and_opens_the_next_time()
    {
        var fanOut = new FanOutHarness();
        fanOut.Log.IsUnavailable = true;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => fanOut.SubscribeAsync(UpdateId.None));
        Assert.Equal(0, fanOut.Feeds.SubscriberCount);

        fanOut.Log.IsUnavailable = false;
        await fanOut.TickAsync(1);
        var reader = await fanOut.SubscribeAsync(UpdateId.None);
        await fanOut.PublishAsync("a");
        Assert.Equal("a", await reader.NextDataAsync());
    }

    [Fact]
    public async Task Updates_published_while_a_feed_opens_are_delivered()
    {
        var fanOut = new FanOutHarness();
        var reader = new TestReader();
        fanOut.Log.Hold();
        var starting = reader.StartAsync(fanOut.Feeds, FanOutHarness.Home, UpdateId.None);
        await Wait.UntilAsync(() => fanOut.Log.Held > 0, "the feed reads the head");
        var publishing = fanOut.PublishAsync(1, 10);
        fanOut.Log.Release();

        await Task.WhenAll(starting, publishing).BoundedAsync();
        Assert.Equal(Enumerable.Range(1, 10).Select(n => $"{n}"), await reader.NextDataAsync(10));
    }

    [Fact]
    public async Task A_feed_lingers_for_clients_that_reconnect_soon_and_is_then_removed()
    {
        var fanOut = new FanOutHarness();
        var reader = await fanOut.SubscribeAsync(UpdateId.None);
        await reader.LeaveAsync();

        await fanOut.TickAsync(9);
        Assert.Equal(1, fanOut.Feeds.Count);
        await fanOut.TickAsync(1);
        Assert.Equal(0, fanOut.Feeds.Count);

        var back = await fanOut.SubscribeAsync(UpdateId.None);
        await fanOut.PublishAsync("a");
        Assert.Equal("a", await back.NextDataAsync());
    }

    [Fact]
    public async Task A_store_that_does_not_respond_refuses_new_subscribers_in_time_and_accepts_them_later()
    {
        var fanOut = new FanOutHarness();
        fanOut.Log.Hold();
        var joining = fanOut.SubscribeAsync(UpdateId.None);
        await Wait.UntilAsync(() => fanOut.Log.Held > 0, "the feed reads the head");

        fanOut.Time.Advance(TimeSpan.FromSeconds(1.5));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => joining.BoundedAsync());
        Assert.Equal(0, fanOut.Feeds.SubscriberCount);

        fanOut.Log.Release();
        var reader = await fanOut.SubscribeAsync(UpdateId.None);
        await fanOut.PublishAsync("a");
        Assert.Equal("a", await reader.NextDataAsync());
    }
}

using LiveStreams.Core.FanOut;
using LiveStreams.TestKit.Engines;

namespace LiveStreams.Core.Tests.FanOut;

/// <summary>The bus may lose, repeat and reorder; the log is the truth.</summary>
public sealed class PageFeedTests
{
    [Fact]
    public async Task An_announcement_lost_on_the_bus_is_read_from_the_log_before_the_next()
    {
        var bench = new FanOutBench();
        var reader = await bench.SubscribeAsync(UpdateId.None);
        bench.Bus.Fate = update => update.Text() is "2" or "3" or "7" ? [] : [update];

        for (var n = 1; n <= 8; n++)
        {
            await bench.PublishAsync($"{n}");
        }

        Assert.Equal(["1", "2", "3", "4", "5", "6", "7", "8"], await reader.NextDataAsync(8));
    }

    [Fact]
    public async Task A_lost_last_announcement_is_found_by_comparing_heads()
    {
        var bench = new FanOutBench();
        var readers = new List<TestReader> { await bench.SubscribeAsync(UpdateId.None), await bench.SubscribeAsync(UpdateId.None) };
        await bench.PublishAsync("1");
        bench.Bus.Fate = _ => [];
        await bench.PublishAsync("2");

        foreach (var reader in readers)
        {
            Assert.Equal(["1", "2"], await bench.TickUntilAsync(reader.NextDataAsync(2)));
        }
    }

    [Fact]
    public async Task After_an_interruption_of_the_bus_heads_are_compared_at_once()
    {
        var bench = new FanOutBench();
        var reader = await bench.SubscribeAsync(UpdateId.None);
        bench.Bus.Fate = _ => [];
        await bench.PublishAsync("lost");

        // Not due by the clock; and a comparison that fails is made again.
        bench.Log.Away = true;
        bench.Bus.Interrupt();
        await bench.TickAsync(1);
        await Wait.UntilAsync(() => bench.Log.Heads == 2, "the head read at the opening, and a comparison that fails");
        bench.Log.Away = false;

        Assert.Equal("lost", await bench.TickUntilAsync(reader.NextDataAsync()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10_000)]
    [InlineData(10_001)]
    [InlineData(13_999)]
    [InlineData(100_000)]
    public void Every_feed_has_its_turn_before_the_first_is_due_again(int feeds) =>
        Assert.True((long)FeedRegistry.CheckPeriod(feeds) * FeedRegistry.MaxChecksPerTick >= feeds);

    [Fact]
    public async Task A_feed_that_nobody_watches_and_a_bus_that_loses_nothing_cost_no_comparison()
    {
        var bench = new FanOutBench();
        var reader = await bench.SubscribeAsync(UpdateId.None);
        await reader.LeaveAsync();
        await bench.TickAsync(6);
        Assert.Equal(1, bench.Log.Heads);

        var lossless = new FanOutBench(mayLose: false);
        await lossless.SubscribeAsync(UpdateId.None);
        await lossless.TickAsync(20);
        Assert.Equal(1, lossless.Log.Heads);
    }

    [Fact]
    public async Task A_repeated_or_late_announcement_is_not_seen_twice()
    {
        var bench = new FanOutBench();
        var reader = await bench.SubscribeAsync(UpdateId.None);
        Update? held = null;
        bench.Bus.Fate = update =>
        {
            switch (update.Text())
            {
                case "2":
                    held = update;
                    return [];
                case "4":
                    return [update, held!, update];
                default:
                    return [update, update];
            }
        };

        await bench.PublishAsync(1, 5);

        Assert.Equal(["1", "2", "3", "4", "5"], await reader.NextDataAsync(5));
        bench.Bus.Fate = update => [update];
        await bench.PublishAsync("6");
        Assert.Equal("6", await reader.NextDataAsync());
    }

    [Fact]
    public async Task One_gap_is_repaired_once_for_all_subscribers()
    {
        var bench = new FanOutBench(ringFrames: 64);
        var readers = new List<TestReader>();
        for (var i = 0; i < 20; i++)
        {
            readers.Add(await bench.SubscribeAsync(UpdateId.None));
        }

        await bench.PublishAsync("1");
        var reads = bench.Log.Reads;
        bench.Bus.Fate = update => update.Text() == "2" ? [] : [update];
        await bench.PublishAsync(2, 3);

        foreach (var reader in readers)
        {
            Assert.Equal(["1", "2", "3"], await reader.NextDataAsync(3));
        }

        Assert.InRange(bench.Log.Reads - reads, 1, 4);
    }

    [Fact]
    public async Task A_gap_that_cannot_be_repaired_now_is_repaired_later()
    {
        var bench = new FanOutBench();
        var reader = await bench.SubscribeAsync(UpdateId.None);
        await bench.PublishAsync("1");
        Assert.Equal("1", await reader.NextDataAsync());

        bench.Bus.Fate = update =>
        {
            bench.Log.Away = update.Text() == "3";
            return update.Text() == "2" ? [] : [update];
        };
        await bench.PublishAsync(2, 3);
        bench.Log.Away = true;
        await bench.TickAsync(2);
        Assert.False(reader.Running.IsCompleted);

        bench.Log.Away = false;
        Assert.Equal(["2", "3"], await bench.TickUntilAsync(reader.NextDataAsync(2)));
        bench.Bus.Fate = update => [update];
        await bench.PublishAsync("4");
        Assert.Equal("4", await reader.NextDataAsync());
    }

    [Fact]
    public async Task An_emptied_store_resets_every_subscriber_once_and_goes_on_live()
    {
        var bench = new FanOutBench(ringFrames: 64);
        var readers = new List<TestReader> { await bench.SubscribeAsync(UpdateId.None), await bench.SubscribeAsync(UpdateId.None) };
        await bench.PublishAsync(1, 3);
        foreach (var reader in readers)
        {
            await reader.NextDataAsync(3);
        }

        bench.Log.Empty();
        var first = await bench.PublishAsync("anew");
        await Wait.UntilAsync(() => readers.All(reader => reader.TryPeek(out _)), "every subscriber hears of it");
        await bench.PublishAsync("more");

        foreach (var reader in readers)
        {
            var reset = await reader.NextAsync();
            Assert.Equal("reset", reset.EventType);
            Assert.Contains("\"reason\":\"epoch\"", reset.Data, StringComparison.Ordinal);
            Assert.Equal(first.ToString(), reset.EventId);
            Assert.Equal("more", await reader.NextDataAsync());
        }
    }

    [Fact]
    public async Task An_emptied_store_is_noticed_before_anything_is_published_to_it()
    {
        var bench = new FanOutBench(ringFrames: 64);
        var reader = await bench.SubscribeAsync(UpdateId.None);
        await bench.PublishAsync(1, 3);
        await reader.NextDataAsync(3);

        bench.Log.Empty();
        var reset = await bench.TickUntilAsync(reader.NextAsync());

        Assert.Equal(("reset", "0"), (reset.EventType, reset.EventId));
        Assert.Contains("\"reason\":\"epoch\"", reset.Data, StringComparison.Ordinal);
        await bench.PublishAsync("anew");
        Assert.Equal("anew", await reader.NextDataAsync());
    }

    [Fact]
    public async Task Who_joins_an_emptied_page_sees_nothing_of_the_old_epoch_that_the_ring_still_holds()
    {
        var bench = new FanOutBench(ringFrames: 64);
        var old = await bench.SubscribeAsync(UpdateId.None);
        await bench.PublishAsync(1, 3);
        await old.NextDataAsync(3);

        bench.Log.Empty();
        var reader = await bench.SubscribeAsync(UpdateId.None);
        await Wait.UntilAsync(() => reader.IsWaiting, "the newcomer has looked for news");
        await bench.PublishAsync("anew");

        Assert.Equal("anew", await reader.NextDataAsync());
    }

    [Fact]
    public async Task A_feed_that_cannot_open_refuses_and_opens_the_next_time()
    {
        var bench = new FanOutBench();
        bench.Log.Away = true;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => bench.SubscribeAsync(UpdateId.None));
        Assert.Equal(0, bench.Feeds.SubscriberCount);

        bench.Log.Away = false;
        await bench.TickAsync(1);
        var reader = await bench.SubscribeAsync(UpdateId.None);
        await bench.PublishAsync("a");
        Assert.Equal("a", await reader.NextDataAsync());
    }

    [Fact]
    public async Task Updates_published_while_a_feed_opens_are_not_lost()
    {
        var bench = new FanOutBench();
        var reader = new TestReader();
        bench.Log.Hold();
        var starting = reader.StartAsync(bench.Feeds, FanOutBench.Home, UpdateId.None);
        await Wait.UntilAsync(() => bench.Log.Held > 0, "the feed reads the head");
        var publishing = bench.PublishAsync(1, 10);
        bench.Log.Release();

        await Task.WhenAll(starting, publishing).BoundedAsync();
        Assert.Equal(Enumerable.Range(1, 10).Select(n => $"{n}"), await reader.NextDataAsync(10));
    }

    [Fact]
    public async Task A_feed_lingers_for_those_who_come_right_back_and_then_goes()
    {
        var bench = new FanOutBench();
        var reader = await bench.SubscribeAsync(UpdateId.None);
        await reader.LeaveAsync();

        await bench.TickAsync(9);
        Assert.Equal(1, bench.Feeds.Count);
        await bench.TickAsync(1);
        Assert.Equal(0, bench.Feeds.Count);

        var back = await bench.SubscribeAsync(UpdateId.None);
        await bench.PublishAsync("a");
        Assert.Equal("a", await back.NextDataAsync());
    }

    [Fact]
    public async Task A_store_that_does_not_answer_refuses_newcomers_in_time_and_lets_them_in_later()
    {
        var bench = new FanOutBench();
        bench.Log.Hold();
        var joining = bench.SubscribeAsync(UpdateId.None);
        await Wait.UntilAsync(() => bench.Log.Held > 0, "the feed reads the head");

        bench.Time.Advance(TimeSpan.FromSeconds(1.5));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => joining.BoundedAsync());
        Assert.Equal(0, bench.Feeds.SubscriberCount);

        bench.Log.Release();
        var reader = await bench.SubscribeAsync(UpdateId.None);
        await bench.PublishAsync("a");
        Assert.Equal("a", await reader.NextDataAsync());
    }
}

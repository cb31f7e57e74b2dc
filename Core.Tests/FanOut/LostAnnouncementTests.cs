using LiveStreams.TestKit.Engines;

namespace LiveStreams.Core.Tests.FanOut;

/// <summary>A feed repairs what the bus loses, repeats and delays by reading the log.</summary>
public sealed class LostAnnouncementTests
{
    private static readonly PageId _slow = PageId.Parse("slow");

    [Fact]
    public async Task An_update_whose_announcement_was_lost_is_read_from_the_log_before_the_next()
    {
        var fanOut = new FanOutHarness();
        var reader = await fanOut.SubscribeAsync(UpdateId.None);
        fanOut.Bus.Deliver = update => update.Text() is "2" or "3" or "7" ? [] : [update];

        for (var n = 1; n <= 8; n++)
        {
            await fanOut.PublishAsync($"{n}");
        }

        Assert.Equal(["1", "2", "3", "4", "5", "6", "7", "8"], await reader.NextDataAsync(8));
    }

    [Fact]
    public async Task A_lost_last_announcement_is_found_by_comparing_heads()
    {
        var fanOut = new FanOutHarness();
        TestReader[] readers =
            [await fanOut.SubscribeAsync(UpdateId.None), await fanOut.SubscribeAsync(UpdateId.None)];
        await fanOut.PublishAsync("1");
        fanOut.Bus.Deliver = _ => [];
        await fanOut.PublishAsync("2");

        foreach (var reader in readers)
        {
            Assert.Equal(["1", "2"], await fanOut.TickUntilAsync(reader.NextDataAsync(2)));
        }
    }

    [Fact]
    public async Task Heads_are_compared_at_once_after_an_interruption_of_the_bus()
    {
        var fanOut = new FanOutHarness();
        var reader = await fanOut.SubscribeAsync(UpdateId.None);
        fanOut.Bus.Deliver = _ => [];
        await fanOut.PublishAsync("lost");

        // The comparison is not due yet, and a comparison that fails is repeated.
        fanOut.Log.IsUnavailable = true;
        fanOut.Bus.Interrupt();
        await fanOut.TickAsync(1);
        await Wait.UntilAsync(() => fanOut.Log.Heads == 2, "the feed has read the head at its opening and again");
        fanOut.Log.IsUnavailable = false;

        Assert.Equal("lost", await fanOut.TickUntilAsync(reader.NextDataAsync()));
    }

    [Fact]
    public async Task A_repeated_or_late_announcement_is_not_delivered_twice()
    {
        var fanOut = new FanOutHarness();
        var reader = await fanOut.SubscribeAsync(UpdateId.None);
        Update? held = null;
        fanOut.Bus.Deliver = update =>
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

        await fanOut.PublishAsync(1, 5);

        Assert.Equal(["1", "2", "3", "4", "5"], await reader.NextDataAsync(5));
        fanOut.Bus.Deliver = update => [update];
        await fanOut.PublishAsync("6");
        Assert.Equal("6", await reader.NextDataAsync());
    }

    [Fact]
    public async Task A_gap_is_repaired_once_for_all_subscribers()
    {
        var fanOut = new FanOutHarness(ringFrames: 64);
        var readers = new List<TestReader>();
        for (var i = 0; i < 20; i++)
        {
            readers.Add(await fanOut.SubscribeAsync(UpdateId.None));
        }

        await fanOut.PublishAsync("1");
        var reads = fanOut.Log.Reads;
        fanOut.Bus.Deliver = update => update.Text() == "2" ? [] : [update];
        await fanOut.PublishAsync(2, 3);

        foreach (var reader in readers)
        {
            Assert.Equal(["1", "2", "3"], await reader.NextDataAsync(3));
        }

        Assert.InRange(fanOut.Log.Reads - reads, 1, 4);
    }

    [Fact]
    public async Task A_gap_is_repaired_later_when_the_store_is_unavailable()
    {
        var fanOut = new FanOutHarness();
        var reader = await fanOut.SubscribeAsync(UpdateId.None);
        await fanOut.PublishAsync("1");
        Assert.Equal("1", await reader.NextDataAsync());

        fanOut.Bus.Deliver = update =>
        {
            fanOut.Log.IsUnavailable = update.Text() == "3";
            return update.Text() == "2" ? [] : [update];
        };
        await fanOut.PublishAsync(2, 3);
        fanOut.Log.IsUnavailable = true;
        await fanOut.TickAsync(2);
        Assert.False(reader.Running.IsCompleted);

        fanOut.Log.IsUnavailable = false;
        Assert.Equal(["2", "3"], await fanOut.TickUntilAsync(reader.NextDataAsync(2)));
        fanOut.Bus.Deliver = update => [update];
        await fanOut.PublishAsync("4");
        Assert.Equal("4", await reader.NextDataAsync());
    }

    [Fact]
    public async Task A_gap_is_repaired_and_a_feed_opens_while_the_line_of_readers_is_full()
    {
        var fanOut = new FanOutHarness();
        var reader = await fanOut.SubscribeAsync(UpdateId.None);
        await fanOut.PublishAsync("1");
        Assert.Equal("1", await reader.NextDataAsync());
        fanOut.Log.Hold(page => page == _slow);
        var reads = Enumerable.Range(0, BoundedReadLog.MaxReads + BoundedReadLog.MaxWaiting)
            .Select(_ => fanOut.Reads.HeadAsync(_slow, TestContext.Current.CancellationToken).AsTask())
            .ToArray();

        fanOut.Bus.Deliver = update => update.Text() == "2" ? [] : [update];
        await fanOut.PublishAsync(2, 3);
        Assert.Equal(["2", "3"], await reader.NextDataAsync(2));
        var other = new TestReader();
        await other.StartAsync(fanOut.Feeds, PageId.Parse("other"), UpdateId.None).BoundedAsync();

        Assert.Equal(BoundedReadLog.MaxWaiting, fanOut.Reads.Waiting);
        fanOut.Log.Release();
        await Task.WhenAll(reads).BoundedAsync();
    }
}

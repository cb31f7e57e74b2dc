namespace LiveStreams.Core.Tests.FanOut;

/// <summary>A subscriber behind the ring is replayed history, or gets a reset.</summary>
public sealed class ReplayTests
{
    [Fact]
    public async Task A_subscriber_far_behind_gets_history_and_then_live_updates()
    {
        var fanOut = new FanOutHarness();
        await fanOut.PublishAsync(1, 100);

        var reader = await fanOut.SubscribeAsync(UpdateId.None);
        Assert.Equal(FanOutHarness.Numbers(1, 100), await reader.NextDataAsync(100));

        await fanOut.PublishAsync("101");
        Assert.Equal("101", await reader.NextDataAsync());
    }

    [Fact]
    public async Task A_reader_whose_position_has_been_trimmed_gets_a_reset_and_then_live_updates()
    {
        var fanOut = new FanOutHarness(maxUpdates: 50);
        var slow = await fanOut.SubscribeAsync(UpdateId.None);
        var padding = new string('x', 10_000);
        for (var n = 1; n <= 200; n++)
        {
            await fanOut.PublishAsync($"{n} {padding}");
            await Wait.UntilAsync(() => slow.TryPeek(out _), "the first update has been written");
        }

        // It may be overtaken more than once. Each time it gets a reset, and between resets there is no gap.
        var resets = 0;
        var position = UpdateId.None;
        while (position.Sequence < 200)
        {
            var item = await slow.NextAsync();
            Assert.True(UpdateId.TryParse(item.EventId, out var id));
            if (item.EventType == "reset")
            {
                resets++;
                var missed = id.Sequence - position.Sequence;
                Assert.Equal($$"""{"reason":"trimmed","from":"{{id}}","missed":{{missed}}}""", item.Data);
                Assert.True(missed > 0);
            }
            else
            {
                Assert.True(id.Follows(position), $"{position} was followed by {id}.");
                Assert.StartsWith($"{id.Sequence} ", item.Data, StringComparison.Ordinal);
            }

            position = id;
        }

        Assert.InRange(resets, 1, 10);
        await fanOut.PublishAsync("live");
        Assert.Equal("live", await slow.NextDataAsync());
    }

    [Fact]
    public async Task History_that_is_trimmed_while_it_is_read_gives_a_reset_and_no_gap()
    {
        var fanOut = new FanOutHarness(ringFrames: 64, maxUpdates: 10);
        await fanOut.PublishAsync(1, 10);
        var position = (await fanOut.HeadAsync()).Before(2);
        var live = await fanOut.SubscribeAsync(await fanOut.HeadAsync());

        var behind = new TestReader();
        fanOut.Log.Hold();
        await behind.StartAsync(fanOut.Feeds, FanOutHarness.Home, position);
        await Wait.UntilAsync(() => fanOut.Log.Held > 0, "the reader asks for history");
        var publishing = fanOut.PublishAsync(11, 30);
        fanOut.Log.Release();
        await publishing.BoundedAsync();

        Assert.Equal(FanOutHarness.Numbers(11, 30), await live.NextDataAsync(20));
        var last = position.Sequence;
        for (var done = false; !done;)
        {
            var item = await behind.NextAsync();
            Assert.True(UpdateId.TryParse(item.EventId, out var id));
            Assert.True(item.EventType == "reset" || id.Sequence == last + 1, $"{last} was followed by {id.Sequence}.");
            last = id.Sequence;
            done = last == 30;
        }
    }

    [Fact]
    public async Task An_unavailable_store_delays_a_replay_and_does_not_end_it()
    {
        var fanOut = new FanOutHarness();
        await fanOut.PublishAsync(1, 20);
        var live = await fanOut.SubscribeAsync(await fanOut.HeadAsync());
        fanOut.Log.IsUnavailable = true;

        var reader = await fanOut.SubscribeAsync(UpdateId.None);
        await Wait.UntilAsync(() => fanOut.Log.Reads > 0, "the replay has tried to read");
        await fanOut.TickAsync(1);
        Assert.False(reader.Running.IsCompleted);

        fanOut.Log.IsUnavailable = false;
        Assert.Equal(FanOutHarness.Numbers(1, 20), await fanOut.TickUntilAsync(reader.NextDataAsync(20)));
        Assert.False(live.Running.IsCompleted);
    }

    [Fact]
    public async Task A_subscriber_that_requested_history_gets_what_is_left_after_a_trim()
    {
        var fanOut = new FanOutHarness(maxUpdates: 10);
        await fanOut.PublishAsync(1, 10);
        var earliest = (await fanOut.Log.HeadAsync(FanOutHarness.Home, TestContext.Current.CancellationToken)).Earliest;
        await fanOut.PublishAsync(11, 12);

        var reader = new TestReader();
        await reader.StartAsync(fanOut.Feeds, FanOutHarness.Home, earliest, historyRequested: true);

        var reset = await reader.NextAsync();
        Assert.Equal(("reset", earliest.Before(3).ToString()), (reset.EventType, reset.EventId));
        Assert.EndsWith("\"missed\":2}", reset.Data, StringComparison.Ordinal);
        Assert.Equal(FanOutHarness.Numbers(3, 12), await reader.NextDataAsync(10));
    }

    [Fact]
    public async Task Subscribers_that_reconnect_together_share_one_read_of_history()
    {
        var fanOut = new FanOutHarness(ringFrames: 2);
        await fanOut.PublishAsync(1, 1);
        var position = (await fanOut.Log.HeadAsync(FanOutHarness.Home, TestContext.Current.CancellationToken)).Head;
        var first = await fanOut.SubscribeAsync(position);
        await fanOut.PublishAsync(2, 20);
        Assert.Equal(FanOutHarness.Numbers(2, 20), await first.NextDataAsync(19));
        var before = fanOut.Log.Reads;
        fanOut.Log.Hold();
        var opening = Enumerable.Range(0, 50).Select(_ => fanOut.SubscribeAsync(position)).ToArray();
        var readers = await Task.WhenAll(opening);
        await Wait.UntilAsync(() => fanOut.Log.Held == 1, "one subscriber reads history");

        fanOut.Log.Release();

        foreach (var reader in readers)
        {
            Assert.Equal(FanOutHarness.Numbers(2, 20), await reader.NextDataAsync(19));
        }

        Assert.InRange(fanOut.Log.Reads - before, 1, 10);
    }
}

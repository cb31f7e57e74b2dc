using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Text;
using LiveStreams.Core.FanOut;

namespace LiveStreams.Core.Tests.FanOut;

/// <summary>The one loop: ring, else history, else wait.</summary>
public sealed class SubscriberTests
{
    private static string[] Numbers(int from, int to) => [.. Enumerable.Range(from, to - from + 1).Select(n => $"{n}")];

    [Fact]
    public async Task Live_updates_come_from_the_ring_without_a_look_at_history()
    {
        var bench = new FanOutBench();
        var reader = await bench.SubscribeAsync(UpdateId.None);
        var reads = bench.Log.Reads;

        for (var n = 1; n <= 20; n++)
        {
            var id = await bench.PublishAsync($"{n}");
            var item = await reader.NextAsync();
            Assert.Equal(($"{n}", id.ToString()), (item.Data, item.EventId));
        }

        Assert.Equal(reads, bench.Log.Reads);
    }

    [Fact]
    public async Task A_position_far_back_is_replayed_from_history_and_then_live()
    {
        var bench = new FanOutBench();
        await bench.PublishAsync(1, 100);

        var reader = await bench.SubscribeAsync(UpdateId.None);
        Assert.Equal(Numbers(1, 100), await reader.NextDataAsync(100));

        await bench.PublishAsync("101");
        Assert.Equal("101", await reader.NextDataAsync());
    }

    [Theory]
    [InlineData(4)]
    [InlineData(1024)]
    public async Task Whoever_joins_while_updates_arrive_sees_each_once_in_order(int ringFrames)
    {
        const int Updates = 3000;
        const int Readers = 60;
        var bench = new FanOutBench(ringFrames);
        var positions = new ConcurrentQueue<UpdateId>([UpdateId.None]);
        var publishing = Task.Run(
            async () =>
            {
                for (var n = 1; n <= Updates; n++)
                {
                    positions.Enqueue(await bench.PublishAsync($"{n}"));
                }
            },
            TestContext.Current.CancellationToken);

        // Half of them join at the head of the moment, half somewhere behind it.
        var random = new Random(7);
        var reading = new List<Task>();
        for (var i = 0; i < Readers; i++)
        {
            await Wait.UntilAsync(() => positions.Count > i * Updates / Readers, "more updates");
            var known = positions.ToArray();
            var at = i % 2 == 0 ? known.Length - 1 : random.Next(known.Length);
            var reader = await bench.SubscribeAsync(known[at]);
            reading.Add(Task.Run(
                async () => Assert.Equal(Numbers(at + 1, Updates), await reader.NextDataAsync(Updates - at)), TestContext.Current.CancellationToken));
        }

        await publishing.BoundedAsync();
        await Task.WhenAll(reading).BoundedAsync();
        Assert.True(bench.Log.Reads > 0, "nobody was behind the ring");
    }

    [Fact]
    public async Task A_reader_that_stops_for_a_while_loses_nothing_and_keeps_nobody_waiting()
    {
        var bench = new FanOutBench();
        var slow = await bench.SubscribeAsync(UpdateId.None);
        var fast = await bench.SubscribeAsync(UpdateId.None);
        var padding = new string('x', 1000);

        for (var n = 1; n <= 2000; n++)
        {
            await bench.PublishAsync($"{n} {padding}");
            Assert.Equal($"{n} {padding}", await fast.NextDataAsync());
        }

        Assert.True(slow.TryPeek(out var waiting));
        Assert.InRange(waiting, 1, 3 * TestReader.PipeBytes);
        for (var n = 1; n <= 2000; n++)
        {
            Assert.Equal($"{n} {padding}", await slow.NextDataAsync());
        }

        await bench.PublishAsync("live again");
        Assert.Equal("live again", await slow.NextDataAsync());
    }

    [Fact]
    public async Task A_reader_that_history_has_moved_past_gets_a_reset_and_goes_on_live()
    {
        var bench = new FanOutBench(maxUpdates: 50);
        var slow = await bench.SubscribeAsync(UpdateId.None);
        var padding = new string('x', 10_000);
        for (var n = 1; n <= 200; n++)
        {
            await bench.PublishAsync($"{n} {padding}");
            await Wait.UntilAsync(() => slow.TryPeek(out _), "the first update is on its way");
        }

        // It may be overtaken more than once; each time it is told, and between resets there is no hole.
        var resets = 0;
        var position = UpdateId.None;
        while (position.Sequence < 200)
        {
            var item = await slow.NextAsync();
            Assert.True(UpdateId.TryParse(item.EventId, out var id));
            if (item.EventType == "reset")
            {
                resets++;
                Assert.Equal($$"""{"reason":"trimmed","from":"{{id}}"}""", item.Data);
                Assert.True(id.Sequence > position.Sequence);
            }
            else
            {
                Assert.True(id.Follows(position), $"{position} was followed by {id}.");
                Assert.StartsWith($"{id.Sequence} ", item.Data, StringComparison.Ordinal);
            }

            position = id;
        }

        Assert.InRange(resets, 1, 10);
        await bench.PublishAsync("live");
        Assert.Equal("live", await slow.NextDataAsync());
    }

    [Fact]
    public async Task History_trimmed_while_it_is_being_read_is_a_reset_not_a_hole()
    {
        var bench = new FanOutBench(ringFrames: 64, maxUpdates: 10);
        await bench.PublishAsync(1, 10);
        var position = (await HeadAsync(bench)).Before(2);
        var live = await bench.SubscribeAsync(await HeadAsync(bench));

        var behind = new TestReader();
        bench.Log.Hold();
        await behind.StartAsync(bench.Feeds, FanOutBench.Home, position);
        await Wait.UntilAsync(() => bench.Log.Held > 0, "the reader asks for history");
        var publishing = bench.PublishAsync(11, 30);
        bench.Log.Release();
        await publishing.BoundedAsync();

        Assert.Equal(Numbers(11, 30), await live.NextDataAsync(20));
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
    public async Task A_store_that_is_away_holds_a_replay_and_does_not_end_it()
    {
        var bench = new FanOutBench();
        await bench.PublishAsync(1, 20);
        var live = await bench.SubscribeAsync(await HeadAsync(bench));
        bench.Log.Away = true;

        var reader = await bench.SubscribeAsync(UpdateId.None);
        await Wait.UntilAsync(() => bench.Log.Reads > 0, "the replay tries");
        await bench.TickAsync(1);
        Assert.False(reader.Running.IsCompleted);

        bench.Log.Away = false;
        Assert.Equal(Numbers(1, 20), await bench.TickUntilAsync(reader.NextDataAsync(20)));
        Assert.False(live.Running.IsCompleted);
    }

    [Fact]
    public async Task Silence_is_broken_by_a_comment_after_fifteen_seconds_and_again()
    {
        var bench = new FanOutBench();
        var reader = await bench.SubscribeAsync(UpdateId.None);
        await bench.PublishAsync("a");
        Assert.EndsWith("data: a\n\n", await reader.BytesAsync(), StringComparison.Ordinal);

        for (var beat = 0; beat < 2; beat++)
        {
            await Wait.UntilAsync(() => reader.IsWaiting, "the subscriber waits");
            await bench.TickAsync(14);
            Assert.False(reader.TryPeek(out _));
            await bench.TickAsync(1);
            Assert.Equal(":\n\n", await reader.BytesAsync());
        }
    }

    [Fact]
    public async Task A_reader_that_takes_nothing_for_thirty_seconds_a_flush_is_cut_off_once()
    {
        var bench = new FanOutBench();
        var stalled = await bench.SubscribeAsync(UpdateId.None);
        var padding = new string('x', TestReader.PipeBytes);
        for (var n = 1; n <= 4; n++)
        {
            await bench.PublishAsync(padding);
        }

        // 64 KiB are two flushes' worth and a little more, and each has its thirty seconds.
        await Wait.UntilAsync(() => stalled.IsFlushing, "the pipe is full");
        await bench.TickAsync(89);
        Assert.Equal(0, stalled.Aborts);
        await bench.TickAsync(5);
        Assert.Equal(1, stalled.Aborts);
    }

    [Fact]
    public async Task A_reader_that_takes_a_little_now_and_then_is_not_cut_off()
    {
        var bench = new FanOutBench();
        var slow = await bench.SubscribeAsync(UpdateId.None);
        var padding = new string('x', TestReader.PipeBytes);

        // Many more than are read: the parser reads ahead.
        for (var n = 1; n <= 30; n++)
        {
            await bench.PublishAsync(padding);
        }

        for (var n = 1; n <= 5; n++)
        {
            await Wait.UntilAsync(() => slow.TryPeek(out _) && slow.IsFlushing, "the next update fills the pipe");
            await bench.TickAsync(85);
            Assert.Equal(padding, await slow.NextDataAsync());
        }

        Assert.Equal(0, slow.Aborts);
    }

    [Fact]
    public async Task A_drain_ends_every_stream_with_a_jittered_retry()
    {
        var bench = new FanOutBench();
        var waiting = await bench.SubscribeAsync(UpdateId.None);

        bench.Feeds.Drain();
        await waiting.Running.BoundedAsync();

        Assert.Matches(@"\Aretry: (2[0-9]{3}|3[0-9]{3}|4000)\n\n\z", await waiting.BytesAsync());
        Assert.Equal(0, bench.Feeds.SubscriberCount);
    }

    [Fact]
    public async Task One_stream_is_ended_in_good_order_and_the_others_go_on()
    {
        var bench = new FanOutBench();
        var ended = await bench.SubscribeAsync(UpdateId.None);
        var other = await bench.SubscribeAsync(UpdateId.None);
        await bench.PublishAsync("1");
        Assert.Equal("1", await other.NextDataAsync());
        await Wait.UntilAsync(() => ended.IsWaiting, "it waits");

        ended.End();
        await ended.Running.BoundedAsync();
        await bench.PublishAsync("2");

        Assert.Matches(@"data: 1\n\nretry: (2[0-9]{3}|3[0-9]{3}|4000)\n\n\z", await ended.BytesAsync());
        Assert.Equal("2", await other.NextDataAsync());
        Assert.Equal(1, bench.Feeds.SubscriberCount);
    }

    [Fact]
    public async Task A_stream_that_is_ended_again_and_again_while_news_arrive_ends_once()
    {
        var bench = new FanOutBench();
        for (var round = 0; round < 200; round++)
        {
            var reader = await bench.SubscribeAsync(UpdateId.None);
            var publishing = bench.PublishAsync($"{round}");
            reader.End();
            reader.End();
            await publishing;
            await reader.Running.BoundedAsync();
        }

        Assert.Equal(0, bench.Feeds.SubscriberCount);
    }

    [Fact]
    public async Task A_live_only_update_reaches_those_who_are_live_and_has_no_id()
    {
        var bench = new FanOutBench();
        var reader = await bench.SubscribeAsync(UpdateId.None);

        await bench.PublishAsync("1");
        await bench.PublishAsync("now", keep: false);
        await bench.PublishAsync("2");

        Assert.Equal(["1", "now", "2"], await reader.NextDataAsync(3));
        Assert.Equal(["1", "2"], await (await bench.SubscribeAsync(UpdateId.None)).NextDataAsync(2));
    }

    [Fact]
    public async Task A_live_only_update_between_joining_and_streaming_is_not_lost()
    {
        var bench = new FanOutBench();
        var head = await bench.PublishAsync("before");
        using var subscriber = await bench.Feeds.SubscribeAsync(FanOutBench.Home, () => { }, lease: null, TestContext.Current.CancellationToken);
        await bench.PublishAsync("now", keep: false);

        var pipe = new Pipe();
        var running = subscriber.RunAsync(new StartPosition(head, HistoryRequested: false), new EventStreamBody(pipe.Writer));
        var read = await pipe.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().BoundedAsync();

        Assert.Equal("data: now\n\n", Encoding.UTF8.GetString(read.Buffer));
        subscriber.OnDisconnected();
        await running.BoundedAsync();
    }

    [Fact]
    public async Task A_reader_that_wished_for_history_gets_what_is_left_when_some_of_it_goes()
    {
        var bench = new FanOutBench(maxUpdates: 10);
        await bench.PublishAsync(1, 10);
        var earliest = (await bench.Log.HeadAsync(FanOutBench.Home, TestContext.Current.CancellationToken)).Earliest;
        await bench.PublishAsync(11, 12);

        var reader = new TestReader();
        await reader.StartAsync(bench.Feeds, FanOutBench.Home, earliest, historyRequested: true);

        var reset = await reader.NextAsync();
        Assert.Equal(("reset", earliest.Before(3).ToString()), (reset.EventType, reset.EventId));
        Assert.Equal(Numbers(3, 12), await reader.NextDataAsync(10));
    }

    [Fact]
    public async Task A_store_that_is_away_does_not_silence_the_heartbeat()
    {
        var bench = new FanOutBench();
        await bench.PublishAsync(1, 20);
        var live = await bench.SubscribeAsync(await HeadAsync(bench));
        bench.Log.Away = true;
        var behind = await bench.SubscribeAsync(UpdateId.None);

        for (var second = 0; second < 15; second++)
        {
            await Wait.UntilAsync(() => behind.IsWaiting, "the subscriber has tried");
            await bench.TickAsync(1);
        }

        Assert.Equal(":\n\n", await behind.BytesAsync());
        Assert.False(live.Running.IsCompleted);
    }

    private static async Task<UpdateId> HeadAsync(FanOutBench bench) =>
        (await bench.Log.HeadAsync(FanOutBench.Home, TestContext.Current.CancellationToken)).Head;

    [Fact]
    public async Task Those_who_come_back_together_share_one_reading_of_history()
    {
        var bench = new FanOutBench(ringFrames: 2);
        await bench.PublishAsync(1, 1);
        var position = (await bench.Log.HeadAsync(FanOutBench.Home, TestContext.Current.CancellationToken)).Head;
        var first = await bench.SubscribeAsync(position);
        await bench.PublishAsync(2, 20);
        Assert.Equal(Numbers(2, 20), await first.NextDataAsync(19));
        var before = bench.Log.Reads;
        bench.Log.Hold();
        var opening = Enumerable.Range(0, 50).Select(_ => bench.SubscribeAsync(position)).ToArray();
        var readers = await Task.WhenAll(opening);
        await Wait.UntilAsync(() => bench.Log.Held == 1, "one reads");

        bench.Log.Release();

        foreach (var reader in readers)
        {
            Assert.Equal(Numbers(2, 20), await reader.NextDataAsync(19));
        }

        Assert.InRange(bench.Log.Reads - before, 1, 10);
    }
}

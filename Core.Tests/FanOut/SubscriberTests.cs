using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Text;

namespace LiveStreams.Core.Tests.FanOut;

/// <summary>How a subscriber gets its updates: from the ring, else from history, else it waits.</summary>
public sealed class SubscriberTests
{
    [Fact]
    public async Task Live_updates_come_from_the_ring_and_not_from_history()
    {
        var fanOut = new FanOutHarness();
        var reader = await fanOut.SubscribeAsync(UpdateId.None);
        var reads = fanOut.Log.Reads;

        for (var n = 1; n <= 20; n++)
        {
            var id = await fanOut.PublishAsync($"{n}");
            var item = await reader.NextAsync();
            Assert.Equal(($"{n}", id.ToString()), (item.Data, item.EventId));
        }

        Assert.Equal(reads, fanOut.Log.Reads);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(1024)]
    public async Task A_subscriber_that_joins_while_updates_arrive_receives_each_once_in_order(int ringFrames)
    {
        const int Updates = 3000;
        const int Readers = 60;
        var fanOut = new FanOutHarness(ringFrames);
        var positions = new ConcurrentQueue<UpdateId>([UpdateId.None]);
        var publishing = Task.Run(
            async () =>
            {
                for (var n = 1; n <= Updates; n++)
                {
                    positions.Enqueue(await fanOut.PublishAsync($"{n}"));
                }
            },
            TestContext.Current.CancellationToken);

        // Half of them join at the current head, half at a random position before it.
        var random = new Random(7);
        var reading = new List<Task>();
        for (var i = 0; i < Readers; i++)
        {
            await Wait.UntilAsync(() => positions.Count > i * Updates / Readers, "more updates");
            var known = positions.ToArray();
            var at = i % 2 == 0 ? known.Length - 1 : random.Next(known.Length);
            var reader = await fanOut.SubscribeAsync(known[at]);
            reading.Add(Task.Run(
                async () =>
                {
                    var received = await reader.NextDataAsync(Updates - at);
                    Assert.Equal(FanOutHarness.Numbers(at + 1, Updates), received);
                },
                TestContext.Current.CancellationToken));
        }

        await publishing.BoundedAsync();
        await Task.WhenAll(reading).BoundedAsync();
        Assert.True(fanOut.Log.Reads > 0, "No reader was behind the ring.");
    }

    [Fact]
    public async Task A_reader_that_pauses_loses_nothing_and_delays_no_other_reader()
    {
        var fanOut = new FanOutHarness();
        var slow = await fanOut.SubscribeAsync(UpdateId.None);
        var fast = await fanOut.SubscribeAsync(UpdateId.None);
        var padding = new string('x', 1000);

        for (var n = 1; n <= 2000; n++)
        {
            await fanOut.PublishAsync($"{n} {padding}");
            Assert.Equal($"{n} {padding}", await fast.NextDataAsync());
        }

        Assert.True(slow.TryPeek(out var waiting));
        Assert.InRange(waiting, 1, 3 * TestReader.PipeBytes);
        for (var n = 1; n <= 2000; n++)
        {
            Assert.Equal($"{n} {padding}", await slow.NextDataAsync());
        }

        await fanOut.PublishAsync("live again");
        Assert.Equal("live again", await slow.NextDataAsync());
    }

    [Fact]
    public async Task A_live_only_update_reaches_live_subscribers_and_is_not_replayed()
    {
        var fanOut = new FanOutHarness();
        var reader = await fanOut.SubscribeAsync(UpdateId.None);

        await fanOut.PublishAsync("1");
        await fanOut.PublishAsync("now", keep: false);
        await fanOut.PublishAsync("2");

        Assert.Equal(["1", "now", "2"], await reader.NextDataAsync(3));
        Assert.Equal(["1", "2"], await (await fanOut.SubscribeAsync(UpdateId.None)).NextDataAsync(2));
    }

    [Fact]
    public async Task A_live_only_update_between_joining_and_streaming_is_delivered()
    {
        var fanOut = new FanOutHarness();
        var head = await fanOut.PublishAsync("before");
        using var subscriber = await fanOut.JoinAsync();
        await fanOut.PublishAsync("now", keep: false);

        var pipe = new Pipe();
        subscriber.Pages[0].Start(new StartPosition(head, HistoryRequested: false));
        var running = subscriber.RunAsync(pipe.Writer);
        var read = await pipe.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().BoundedAsync();

        Assert.Equal("data: now\n\n", Encoding.UTF8.GetString(read.Buffer));
        subscriber.OnDisconnected();
        await running.BoundedAsync();
    }
}

namespace LiveStreams.Core.Tests.FanOut;

/// <summary>What keeps the stream of a subscriber open, and what ends it.</summary>
public sealed class SubscriberLifetimeTests
{
    [Fact]
    public async Task A_comment_is_sent_after_every_fifteen_seconds_without_an_event()
    {
        var fanOut = new FanOutHarness();
        var reader = await fanOut.SubscribeAsync(UpdateId.None);
        await fanOut.PublishAsync("a");
        Assert.EndsWith("data: a\n\n", await reader.BytesAsync(), StringComparison.Ordinal);

        for (var beat = 0; beat < 2; beat++)
        {
            await Wait.UntilAsync(() => reader.IsWaiting, "the subscriber waits");
            await fanOut.TickAsync(14);
            Assert.False(reader.TryPeek(out _));
            await fanOut.TickAsync(1);
            Assert.Equal(":\n\n", await reader.BytesAsync());
        }
    }

    [Fact]
    public async Task A_reader_that_takes_nothing_for_thirty_seconds_is_aborted_once()
    {
        var fanOut = new FanOutHarness();
        var stalled = await fanOut.SubscribeAsync(UpdateId.None);
        var padding = new string('x', TestReader.PipeBytes);
        for (var n = 1; n <= 4; n++)
        {
            await fanOut.PublishAsync(padding);
        }

        await Wait.UntilAsync(() => stalled.IsFlushing, "the pipe is full");
        await fanOut.TickAsync(29);
        Assert.Equal(0, stalled.Aborts);
        await fanOut.TickAsync(5);
        Assert.Equal(1, stalled.Aborts);
    }

    [Fact]
    public async Task A_reader_that_takes_a_little_now_and_then_is_not_aborted()
    {
        var fanOut = new FanOutHarness();
        var slow = await fanOut.SubscribeAsync(UpdateId.None);
        var padding = new string('x', TestReader.PipeBytes);

        for (var n = 1; n <= 10; n++)
        {
            await fanOut.PublishAsync(padding);
        }

        for (var n = 1; n <= 5; n++)
        {
            await Wait.UntilAsync(() => slow.IsFull, "the next bytes fill the pipe");
            await fanOut.TickAsync(25);
            await slow.TakeAsync(TestReader.PipeBytes);
        }

        Assert.Equal(0, slow.Aborts);
    }

    [Fact]
    public async Task A_drain_ends_every_stream_with_a_jittered_retry()
    {
        var fanOut = new FanOutHarness();
        var waiting = await fanOut.SubscribeAsync(UpdateId.None);

        await fanOut.DrainAsync();
        await waiting.Running.BoundedAsync();

        Assert.Matches(@"\Aretry: (2[0-9]{3}|3[0-9]{3}|4000)\n\n\z", await waiting.BytesAsync());
        Assert.Equal(0, fanOut.Feeds.SubscriberCount);
    }

    [Fact]
    public async Task One_stream_ends_gracefully_and_the_others_continue()
    {
        var fanOut = new FanOutHarness();
        var ended = await fanOut.SubscribeAsync(UpdateId.None);
        var other = await fanOut.SubscribeAsync(UpdateId.None);
        await fanOut.PublishAsync("1");
        Assert.Equal("1", await other.NextDataAsync());
        await Wait.UntilAsync(() => ended.IsWaiting, "the subscriber waits");

        ended.End();
        await ended.Running.BoundedAsync();
        await fanOut.PublishAsync("2");

        Assert.Matches(@"data: 1\n\nretry: (2[0-9]{3}|3[0-9]{3}|4000)\n\n\z", await ended.BytesAsync());
        Assert.Equal("2", await other.NextDataAsync());
        Assert.Equal(1, fanOut.Feeds.SubscriberCount);
    }

    [Fact]
    public async Task A_stream_that_is_ended_twice_while_updates_arrive_ends_once()
    {
        var fanOut = new FanOutHarness();
        for (var round = 0; round < 200; round++)
        {
            var reader = await fanOut.SubscribeAsync(UpdateId.None);
            var publishing = fanOut.PublishAsync($"{round}");
            reader.End();
            reader.End();
            await publishing;
            await reader.Running.BoundedAsync();
        }

        Assert.Equal(0, fanOut.Feeds.SubscriberCount);
    }

    [Fact]
    public async Task An_unavailable_store_does_not_stop_the_heartbeat()
    {
        var fanOut = new FanOutHarness();
        await fanOut.PublishAsync(1, 20);
        var live = await fanOut.SubscribeAsync(await fanOut.HeadAsync());
        fanOut.Log.IsUnavailable = true;
        var behind = await fanOut.SubscribeAsync(UpdateId.None);

        for (var second = 0; second < 15; second++)
        {
            await Wait.UntilAsync(() => behind.IsWaiting, "the subscriber has tried");
            await fanOut.TickAsync(1);
        }

        Assert.Equal(":\n\n", await behind.BytesAsync());
        Assert.False(live.Running.IsCompleted);
    }
}

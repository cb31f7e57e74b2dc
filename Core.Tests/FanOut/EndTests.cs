namespace LiveStreams.Core.Tests.FanOut;

/// <summary>The end of a page is told to every subscriber, and ends its stream.</summary>
public sealed class EndTests
{
    [Fact]
    public async Task Subscribers_see_what_came_before_the_end_then_the_end_and_nothing_after()
    {
        var bench = new FanOutBench(ringFrames: 100);
        await bench.PublishAsync("1");
        var reader = await bench.SubscribeAsync(UpdateId.None);
        Assert.Equal("1", await reader.NextDataAsync());
        await bench.PublishAsync("2");
        var end = await bench.PublishAsync(UpdateDraft.End(key: null));
        await bench.PublishAsync("anew");

        var items = await reader.ReadToEndAsync();

        Assert.Equal(["2", """{"reason":"deleted"}"""], items.Select(item => item.Data));
        Assert.Equal(("end", end.Id.ToString()), (items[^1].EventType, items[^1].EventId));
        await reader.Running.BoundedAsync();
        Assert.Equal(0, bench.Feeds.SubscriberCount);
    }

    [Fact]
    public async Task A_subscriber_far_behind_is_told_the_end_in_the_place_of_a_reset()
    {
        var bench = new FanOutBench();
        await bench.PublishAsync(1, 100);
        var end = await bench.PublishAsync(UpdateDraft.End(key: null));

        var items = await (await bench.SubscribeAsync(UpdateId.None)).ReadToEndAsync();

        Assert.Equal(("end", end.Id.ToString()), (Assert.Single(items).EventType, items[0].EventId));
    }

    [Fact]
    public async Task An_end_whose_announcement_was_lost_is_found_by_comparing_heads()
    {
        var bench = new FanOutBench();
        var last = await bench.PublishAsync("1");
        var reader = await bench.SubscribeAsync(last);
        bench.Bus.Fate = _ => [];
        await bench.PublishAsync(UpdateDraft.End(key: null));

        var items = await bench.TickUntilAsync(reader.ReadToEndAsync());

        Assert.Equal("end", Assert.Single(items).EventType);
    }

    [Fact]
    public async Task Whoever_missed_an_end_that_is_over_gets_a_reset()
    {
        var bench = new FanOutBench();
        var last = await bench.PublishAsync("1");
        var reader = await bench.SubscribeAsync(last);
        bench.Bus.Fate = _ => [];
        await bench.PublishAsync(UpdateDraft.End(key: null));
        bench.Bus.Fate = update => [update];
        var anew = await bench.PublishAsync("anew");

        var reset = await reader.NextAsync();

        Assert.Equal(("reset", anew.ToString()), (reset.EventType, reset.EventId));
    }
}

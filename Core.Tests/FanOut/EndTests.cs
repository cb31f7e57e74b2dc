namespace LiveStreams.Core.Tests.FanOut;

/// <summary>The end of a page reaches every subscriber and ends its stream.</summary>
public sealed class EndTests
{
    [Fact]
    public async Task Subscribers_receive_the_updates_before_the_end_then_the_end_and_nothing_after_it()
    {
        var fanOut = new FanOutHarness(ringFrames: 100);
        await fanOut.PublishAsync("1");
        var reader = await fanOut.SubscribeAsync(UpdateId.None);
        Assert.Equal("1", await reader.NextDataAsync());
        await fanOut.PublishAsync("2");
        var end = await fanOut.PublishAsync(UpdateDraft.End(key: null));
        await fanOut.PublishAsync("anew");

        var items = await reader.ReadToEndAsync();

        Assert.Equal(["2", """{"reason":"deleted"}"""], items.Select(item => item.Data));
        Assert.Equal(("end", end.Id.ToString()), (items[^1].EventType, items[^1].EventId));
        await reader.Running.BoundedAsync();
        Assert.Equal(0, fanOut.Feeds.SubscriberCount);
    }

    [Fact]
    public async Task A_subscriber_far_behind_receives_the_end_in_place_of_a_reset()
    {
        var fanOut = new FanOutHarness();
        await fanOut.PublishAsync(1, 100);
        var end = await fanOut.PublishAsync(UpdateDraft.End(key: null));

        var items = await (await fanOut.SubscribeAsync(UpdateId.None)).ReadToEndAsync();

        Assert.Equal(("end", end.Id.ToString()), (Assert.Single(items).EventType, items[0].EventId));
    }

    [Fact]
    public async Task An_end_whose_announcement_was_lost_is_found_by_comparing_heads()
    {
        var fanOut = new FanOutHarness();
        var last = await fanOut.PublishAsync("1");
        var reader = await fanOut.SubscribeAsync(last);
        fanOut.Bus.Deliver = _ => [];
        await fanOut.PublishAsync(UpdateDraft.End(key: null));

        var items = await fanOut.TickUntilAsync(reader.ReadToEndAsync());

        Assert.Equal("end", Assert.Single(items).EventType);
    }

    [Fact]
    public async Task A_subscriber_that_missed_the_end_of_a_page_that_has_started_again_gets_a_reset()
    {
        var fanOut = new FanOutHarness();
        var last = await fanOut.PublishAsync("1");
        var reader = await fanOut.SubscribeAsync(last);
        fanOut.Bus.Deliver = _ => [];
        await fanOut.PublishAsync(UpdateDraft.End(key: null));
        fanOut.Bus.Deliver = update => [update];
        var anew = await fanOut.PublishAsync("anew");

        var reset = await reader.NextAsync();

        Assert.Equal(("reset", anew.ToString()), (reset.EventType, reset.EventId));
    }
}

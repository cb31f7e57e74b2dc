using LiveStreams.Api.Tests.Subscribe;

namespace LiveStreams.Api.Tests.Redis;

/// <summary>
/// Every subscriber is reset when the data in Redis is deleted, and receives every update of the new epoch.
/// </summary>
public sealed class RedisFlushTests
{
    private const int SubscribersPerPage = 20;
    private static readonly string[] _pages = ["busy", "quiet"];

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task Every_subscriber_receives_one_reset_and_then_every_update_of_the_new_epoch_once()
    {
        await using var nodes = await RedisNodes.StartAsync(2);
        var first = new Dictionary<string, string>();
        foreach (var page in _pages)
        {
            first[page] = await nodes.Clients[0].PublishAsync(page, "before");
        }

        var streams = new List<(string Page, EventStream Stream)>();
        for (var n = 0; n < _pages.Length * SubscribersPerPage; n++)
        {
            var page = _pages[n / SubscribersPerPage];
            streams.Add((page, await nodes.Clients[n % 2].SubscribeAsync(page, query: "?from=earliest")));
        }

        using var stop = new CancellationTokenSource();
        var publishing = PublishAsync();
        await streams[0].Stream.NextDataAsync(20);
        await nodes.Redis.CliAsync("FLUSHALL");

        // The busy page is published to all the time, the quiet page only after every subscriber was reset.
        await Task.WhenAll(streams.Select(pair => AssertResetAsync(pair.Stream, EpochOf(first[pair.Page]))));
        await stop.CancelAsync();
        await publishing;
        foreach (var page in _pages)
        {
            var last = await nodes.Clients[0].PublishAsync(page, "last");
            Assert.NotEqual(EpochOf(first[page]), EpochOf(last));
            var ofPage = streams.Where(pair => pair.Page == page);
            await Task.WhenAll(ofPage.Select(pair => AssertContinuesAsync(pair.Stream, last)));
        }

        async Task PublishAsync()
        {
            for (var n = 0; !stop.IsCancellationRequested; n++)
            {
                await nodes.Clients[n % 2].PublishAsync("busy", $"{n}");
                await Wait.PauseAsync();
            }
        }
    }

    // Reads up to the reset. Every update before it must belong to the old epoch.
    private static async Task AssertResetAsync(EventStream stream, string oldEpoch)
    {
        var item = await stream.NextAsync();
        for (; item.EventType == "message"; item = await stream.NextAsync())
        {
            Assert.Equal(oldEpoch, EpochOf(item.EventId!));
        }

        var reset = Reset.Parse(item);
        Assert.Equal(("epoch", null), (reset.Reason, reset.Missed));
        Assert.True(reset.From == "0" || ApiClient.SequenceOf(reset.From) == 0, $"It continues after {reset.From}.");
        Assert.NotEqual(oldEpoch, EpochOf(reset.From));
    }

    // Reads up to the last update: all updates in order, no second reset, and nothing of the old epoch.
    private static async Task AssertContinuesAsync(EventStream stream, string last)
    {
        var position = stream.LastEventId == "0" ? 0 : ApiClient.SequenceOf(stream.LastEventId);
        while (stream.LastEventId != last)
        {
            var item = await stream.NextAsync();
            position++;
            Assert.Equal("message", item.EventType);
            Assert.Equal((EpochOf(last), position), (EpochOf(item.EventId!), ApiClient.SequenceOf(item.EventId!)));
        }
    }

    private static string EpochOf(string id) => id.Split('-')[0];
}

namespace LiveStreams.Api.Tests.Redis;

/// <summary>The data is gone, and everybody is told.</summary>
public sealed class FlushTests
{
    private const int SubscribersPerPage = 20;
    private static readonly string[] _pages = ["busy", "quiet"];

    [Fact]
    public async Task Every_subscriber_gets_one_reset_and_goes_on_live()
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

        // The busy page goes on by itself; the quiet one has its next update only when all have heard of the flush.
        await Task.WhenAll(streams.Select(pair => ResetAsync(pair.Stream, EpochOf(first[pair.Page]))));
        await stop.CancelAsync();
        await publishing;
        foreach (var page in _pages)
        {
            var last = await nodes.Clients[0].PublishAsync(page, "last");
            Assert.NotEqual(EpochOf(first[page]), EpochOf(last));
            await Task.WhenAll(streams.Where(pair => pair.Page == page).Select(pair => UntilAsync(pair.Stream, last)));
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

    // Reads up to the reset: until then everything is of the old epoch.
    private static async Task ResetAsync(EventStream stream, string oldEpoch)
    {
        var item = await stream.NextAsync();
        for (; item.EventType == "message"; item = await stream.NextAsync())
        {
            Assert.Equal(oldEpoch, EpochOf(item.EventId!));
        }

        Assert.Equal("reset", item.EventType);
        Assert.StartsWith("""{"reason":"epoch","from":""", item.Data, StringComparison.Ordinal);
    }

    // Everything after the reset's position, in order, up to the last: no second reset, nothing of the old epoch.
    private static async Task UntilAsync(EventStream stream, string last)
    {
        var position = stream.LastEventId == "0" ? 0 : ApiClient.SequenceOf(stream.LastEventId);
        while (stream.LastEventId != last)
        {
            var item = await stream.NextAsync();
            Assert.Equal(("message", EpochOf(last), ++position), (item.EventType, EpochOf(item.EventId!), ApiClient.SequenceOf(item.EventId!)));
        }
    }

    private static string EpochOf(string id) => id.Split('-')[0];
}

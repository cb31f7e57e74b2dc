using LiveStreams.Api.Tests.Subscribe;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Redis;

/// <summary>
/// A Redis that restarts from an older snapshot resets subscribers, reuses no id, and shows each subscriber every
/// update of the new epoch once.
/// </summary>
[Collection(nameof(Alone))]
public sealed class RedisRestoreTests
{
    [Fact]
    public async Task Subscribers_continue_after_the_last_update_that_they_share_with_the_snapshot()
    {
        await using var nodes = await RedisNodes.StartAsync(2);
        var first = await nodes.Clients[0].PublishAsync("home", "1");
        await nodes.Clients[0].PublishAsync("home", "2");
        await nodes.Redis.CliAsync("SAVE");
        EventStream[] live = [await SubscribeAsync(0), await SubscribeAsync(1)];
        await nodes.Clients[0].PublishAsync("home", "lost 3");
        var lost = await nodes.Clients[0].PublishAsync("home", "lost 4");
        await Task.WhenAll(live.Select(stream => stream.NextDataAsync(4)));

        nodes.Redis.Kill();
        await nodes.Redis.StartAgainAsync();
        var next = await nodes.Clients[0].PublishUntilAnsweredAsync("home", "next 3", "k");
        await nodes.Clients[1].PublishUntilAnsweredAsync("home", "next 4", "l");

        Assert.Equal(3, ApiClient.SequenceOf(next));
        Assert.NotEqual(EpochOf(lost), EpochOf(next));
        foreach (var stream in live)
        {
            await AssertContinuesAsync(stream, from: 2, "next 3", "next 4");
        }

        await AssertContinuesAsync(await SubscribeAsync(1, lost), from: 2, "next 3", "next 4");
        await AssertContinuesAsync(await SubscribeAsync(0, first), from: 1, "2", "next 3", "next 4");
        await AssertContinuesAsync(await SubscribeAsync(0, "000000000abc-1"), from: 2, "next 3", "next 4");
        await using var newSubscriber = await SubscribeAsync(1);
        Assert.Equal(["1", "2", "next 3", "next 4"], await newSubscriber.NextDataAsync(4));

        Task<EventStream> SubscribeAsync(int node, string? position = null) =>
            nodes.Clients[node].SubscribeAsync("home", position, "?from=earliest");

        async Task AssertContinuesAsync(EventStream stream, int from, params string[] data)
        {
            var expected = new Reset("epoch", $"{EpochOf(next)}-{from}", Missed: null);
            Assert.Equal(expected, Reset.Parse(await stream.NextAsync()));
            Assert.Equal(data, await stream.NextDataAsync(data.Length));
            await stream.DisposeAsync();
        }
    }

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task Subscribers_miss_nothing_and_see_nothing_twice_while_publishers_continue()
    {
        const int Subscribers = 20;
        await using var nodes = await RedisNodes.StartAsync(2, settings: ServerProcess.Unthrottled);
        var first = await nodes.Clients[0].PublishAsync("home", "first");
        var streams = new List<EventStream>();
        for (var n = 0; n < Subscribers; n++)
        {
            streams.Add(await nodes.Clients[n % 2].SubscribeAsync("home"));
        }

        using var stop = new CancellationTokenSource();
        var published = 0;
        var publishing = Task.WhenAll(PublishAsync(0), PublishAsync(1));
        await Wait.UntilAsync(() => Volatile.Read(ref published) > 20, "some updates are published");
        await nodes.Redis.CliAsync("SAVE");
        var saved = Volatile.Read(ref published);
        await Wait.UntilAsync(() => Volatile.Read(ref published) > saved + 20, "some updates are published and lost");
        nodes.Redis.Kill();
        await nodes.Redis.StartAgainAsync();
        var restarted = Volatile.Read(ref published);
        await Wait.UntilAsync(() => Volatile.Read(ref published) > restarted + 50, "publishing continues");
        await stop.CancelAsync();
        await publishing;
        var last = await nodes.Clients[0].PublishAsync("home", "last");

        var starts = await Task.WhenAll(streams.Select(stream => ReadToLastAsync(stream, EpochOf(first), last)));
        Assert.Single(starts.Distinct());

        async Task PublishAsync(int node)
        {
            for (var n = 0; !stop.IsCancellationRequested; n++)
            {
                await nodes.Clients[node].PublishUntilAnsweredAsync("home", $"{n}", $"{node} {n}");
                Interlocked.Increment(ref published);
            }
        }
    }

    // Reads all updates of the old epoch, one reset, and all updates of the new one, each in order and once. Returns
    // where the new epoch began.
    private static async Task<string> ReadToLastAsync(EventStream stream, string oldEpoch, string last)
    {
        Reset? reset = null;
        var (epoch, sequence) = (oldEpoch, 1L);
        while (stream.LastEventId != last)
        {
            var item = await stream.NextAsync();
            if (item.EventType == "reset")
            {
                Assert.Null(reset);
                reset = Reset.Parse(item);
                Assert.Equal(("epoch", null), (reset.Reason, reset.Missed));
                (epoch, sequence) = (EpochOf(last), ApiClient.SequenceOf(reset.From));
            }
            else
            {
                sequence++;
            }

            Assert.Equal($"{epoch}-{sequence}", item.EventId);
        }

        Assert.NotNull(reset);
        return reset.From;
    }

    private static string EpochOf(string id) => id.Split('-')[0];
}

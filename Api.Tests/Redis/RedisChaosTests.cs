using System.Collections.Concurrent;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Redis;

/// <summary>Redis drops connections, hangs and dies without any effect for subscribers.</summary>
[Collection(nameof(Alone))]
public sealed class RedisChaosTests
{
    private const int Nodes = 3;
    private const int Pages = 30;
    private const int SubscribersPerPage = 10;
    private const int Publishers = 24;
    private const int Updates = 10_000;
    private static readonly TimeSpan _killPeriod = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(3);

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task Every_subscriber_sees_every_acknowledged_update_once_and_in_order_and_no_stream_ends()
    {
        await using var nodes = await RedisNodes.StartAsync(
            Nodes,
            ["--appendonly", "yes", "--appendfsync", "always"],
            ServerProcess.Unthrottled);
        var acknowledged = Enumerable.Range(0, Pages).Select(_ => new ConcurrentDictionary<long, string>()).ToArray();
        var published = 0;

        var streams = new List<EventStream>();
        for (var n = 0; n < Pages * SubscribersPerPage; n++)
        {
            streams.Add(await nodes.Clients[n % Nodes].SubscribeAsync($"page {n / SubscribersPerPage}"));
        }

        var reading = streams.Select((stream, n) => stream.CollectAsync(UpdatesOf(n / SubscribersPerPage))).ToArray();
        using var publishedAll = new CancellationTokenSource();
        var killing = KillSubscriptionsAsync(nodes.Redis, publishedAll.Token);
        var publishing = Task.WhenAll(Enumerable.Range(0, Publishers).Select(PublishAsync));
        await Wait.UntilAsync(
            () => Volatile.Read(ref published) >= Updates / 3,
            "a third of the updates are published");
        nodes.Redis.Pause();
        await Task.Delay(_pause, TimeProvider.System, TestContext.Current.CancellationToken);
        nodes.Redis.Resume();
        await Wait.UntilAsync(
            () => Volatile.Read(ref published) >= 2 * Updates / 3,
            "two thirds of the updates are published");
        nodes.Redis.Kill();
        await nodes.Redis.StartAgainAsync();
        await publishing;
        await publishedAll.CancelAsync();
        var kills = await killing;

        var seen = await Task.WhenAll(reading);
        Assert.Equal(Updates, acknowledged.Sum(page => page.Count));
        Assert.True(kills > 5, $"Only {kills} subscription connections were killed.");
        for (var n = 0; n < seen.Length; n++)
        {
            var expected = acknowledged[n / SubscribersPerPage].OrderBy(pair => pair.Key);
            Assert.Equal(expected.Select(pair => (pair.Key, pair.Value)), seen[n]);
        }

        async Task PublishAsync(int publisher)
        {
            for (var n = publisher; n < Updates; n += Publishers)
            {
                var id = await nodes.Clients[n % Nodes].PublishUntilAnsweredAsync(
                    $"page {n % Pages}",
                    $"update {n}",
                    $"key {n}");
                Assert.True(acknowledged[n % Pages].TryAdd(ApiClient.SequenceOf(id), $"update {n}"));
                Interlocked.Increment(ref published);
                await Wait.PauseAsync();
            }
        }
    }

    private static int UpdatesOf(int page) => Updates / Pages + (page < Updates % Pages ? 1 : 0);

    // Returns the number of killed connections.
    private static async Task<int> KillSubscriptionsAsync(RedisServer redis, CancellationToken until)
    {
        var killed = 0;
        while (!until.IsCancellationRequested)
        {
            var output = await redis.CliAsync("CLIENT", "KILL", "TYPE", "pubsub");
            killed += int.TryParse(output, out var connections) ? connections : 0;
            await Task.Delay(_killPeriod, TimeProvider.System, until)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return killed;
    }
}

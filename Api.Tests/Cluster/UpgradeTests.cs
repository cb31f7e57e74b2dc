using System.Collections.Concurrent;
using System.Net;
using System.Net.ServerSentEvents;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Cluster;

/// <summary>Silos of two versions run in one cluster while it is upgraded, and while it is downgraded again.</summary>
[Collection(nameof(Alone))]
public sealed class UpgradeTests
{
    private const int Pages = 12;
    private const int Publishers = 4;
    private const int UpdatesInEachStep = 100;
    private const string Last = "the last one";

    private readonly ConcurrentDictionary<string, string> _acknowledged = new();
    private readonly TaskCompletionSource _stop = new();

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task Silos_of_two_versions_lose_no_update_and_an_upgrade_publishes_none_twice()
    {
        using var earlier = await EarlierSilo.BuildAsync();
        using var redis = await RedisServer.StartAsync("--appendonly", "yes", "--appendfsync", "always");
        using var cluster = await ClusterNodes.StartAsync(redis.Connection, nodes: 2, earlier.Program);
        await cluster.AddSiloAsync(earlier.Program);
        await cluster.Clients[0].PublishUntilAnsweredAsync("keyed", "first", "old");
        Assert.Equal(HttpStatusCode.OK, await PublishWithKeyAsync("old", "another"));
        var streams = await Task.WhenAll(
            Enumerable.Range(0, Pages).Select(page => cluster.Clients[page % 2].SubscribeAsync($"page {page}")));
        var watching = Task.WhenAll(streams.Select(WatchAsync));
        var publishing = Task.WhenAll(Enumerable.Range(0, Publishers).Select(n => PublishAsync(cluster, n)));

        // Two versions, then the newer one alone.
        await cluster.AddSiloAsync();
        await WaitForUpdatesAsync(publishing);
        cluster.Silos[0].Terminate();
        Assert.Equal(0, await cluster.Silos[0].ExitAsync());
        await WaitForUpdatesAsync(publishing);
        await cluster.AddSiloAsync();
        await WaitForUpdatesAsync(publishing);
        await cluster.Silos[1].KillAsync();
        await WaitForUpdatesAsync(publishing);
        Assert.Equal(HttpStatusCode.OK, await PublishWithKeyAsync("old", "first"));
        await cluster.Clients[0].PublishUntilAnsweredAsync("keyed", "first", "new");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await PublishWithKeyAsync("new", "another"));

        // Back to the earlier version. It does not know the keys that the newer one stored: a retry that comes from
        // there may be published again (docs/operations.md).
        var upgraded = _acknowledged.Keys.ToHashSet();
        await cluster.AddSiloAsync(earlier.Program);
        cluster.Silos[2].Terminate();
        Assert.Equal(0, await cluster.Silos[2].ExitAsync());
        await WaitForUpdatesAsync(publishing);

        _stop.TrySetResult();
        await publishing.BoundedAsync();
        for (var page = 0; page < Pages; page++)
        {
            await cluster.Clients[0].PublishUntilAnsweredAsync($"page {page}", Last, Last);
        }

        var seen = (await watching.BoundedAsync()).SelectMany(updates => updates).ToArray();
        var twice = seen.GroupBy(update => update).Where(group => group.Count() > 1).Select(group => group.Key);
        Assert.Empty(_acknowledged.Keys.Except(seen));
        Assert.Empty(twice.Intersect(upgraded));
        Assert.Empty(seen.Except(_acknowledged.Keys));
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{_acknowledged.Count} updates: 0 lost; {twice.Count()} published twice, all after the downgrade");

        // Again while the page is on its way to another silo.
        async Task<HttpStatusCode> PublishWithKeyAsync(string key, string data)
        {
            var status = HttpStatusCode.ServiceUnavailable;
            await Wait.UntilAsync(
                async () =>
                {
                    using var response = await cluster.Clients[0].PostAsync("keyed", data, key);
                    status = response.StatusCode;
                    return status != HttpStatusCode.ServiceUnavailable;
                },
                "a silo responds");
            return status;
        }
    }

    // Each stream stays open: it reads from Redis, and no silo is in its way.
    private static async Task<List<string>> WatchAsync(EventStream stream)
    {
        await using var lease = stream;
        var seen = new List<string>();
        var next = 1L;
        while (await stream.NextOrEndAsync(TimeSpan.FromMinutes(2)) is SseItem<string> item && item.Data != Last)
        {
            Assert.Equal(next++, ApiClient.SequenceOf(item.EventId!));
            seen.Add(item.Data);
        }

        return seen;
    }

    private async Task PublishAsync(ClusterNodes cluster, int publisher)
    {
        for (var n = 0; !_stop.Task.IsCompleted; n++)
        {
            var update = $"{publisher} {n}";
            var page = $"page {(n + publisher) % Pages}";
            _acknowledged[update] = await cluster.Clients[n % 2].PublishUntilAnsweredAsync(page, update, key: update);
            await Wait.PauseAsync();
        }
    }

    private async Task WaitForUpdatesAsync(Task publishing)
    {
        var before = _acknowledged.Count;
        await Wait.UntilAsync(
            () => publishing.IsFaulted || _acknowledged.Count >= before + UpdatesInEachStep,
            $"{UpdatesInEachStep} more updates are published");
    }
}

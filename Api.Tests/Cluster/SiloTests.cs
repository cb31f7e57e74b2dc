using System.Collections.Concurrent;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Cluster;

/// <summary>Publishers and subscribers continue while silos join, stop and die.</summary>
[Collection(nameof(Alone))]
public sealed class SiloTests
{
    private const int Pages = 12;
    private const int Publishers = 16;
    private const int Updates = 2400;

    [Fact]
    public async Task An_update_published_at_one_node_reaches_the_subscribers_of_the_other()
    {
        using var cluster = await ClusterNodes.StartAsync(silos: 2, nodes: 2);
        await using var stream = await cluster.Clients[1].SubscribeAsync("home");

        var first = await cluster.Clients[0].PublishAsync("home", "one");
        var second = await cluster.Clients[1].PublishAsync("home", "two");

        Assert.Equal(["one", "two"], await stream.NextDataAsync(2));
        Assert.Equal((1, 2), (ApiClient.SequenceOf(first), ApiClient.SequenceOf(second)));
        using var ready = new ApiClient(cluster.Silos[0].Address);
        using var response = await ready.GetAsync("/health/ready");
        Assert.True(response.IsSuccessStatusCode);
    }

    /// <summary>
    /// Tests at the level of users: real processes, publishers over HTTP, and streams that stay open on two servers
    /// while a silo dies. PageGrainTests in Grains.Tests kills a silo below HTTP.
    /// </summary>
    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task A_killed_silo_loses_no_acknowledged_update_duplicates_none_and_ends_no_stream()
    {
        using var cluster = await ClusterNodes.StartAsync(silos: 2, nodes: 2);
        var acknowledged = Enumerable.Range(0, Pages).Select(_ => new ConcurrentDictionary<long, string>()).ToArray();
        var published = 0;
        var streams = new List<EventStream>();
        for (var n = 0; n < 2 * Pages; n++)
        {
            streams.Add(await cluster.Clients[n % 2].SubscribeAsync($"page {n / 2}"));
        }

        var watching = Task.WhenAll(streams.Select(stream => stream.CollectAsync(Updates / Pages)));
        var publishing = Task.WhenAll(Enumerable.Range(0, Publishers).Select(async publisher =>
        {
            for (var n = publisher; n < Updates; n += Publishers)
            {
                var id = await cluster.Clients[n % 2].PublishUntilAnsweredAsync(
                    $"page {n % Pages}",
                    $"update {n}",
                    $"key {n}");
                Assert.True(acknowledged[n % Pages].TryAdd(ApiClient.SequenceOf(id), $"update {n}"));
                Interlocked.Increment(ref published);
            }
        }));
        await Wait.UntilAsync(
            () => Volatile.Read(ref published) >= Updates / 3,
            "a third of the updates are published");
        await cluster.Silos[0].KillAsync();
        await publishing.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);

        var seen = await watching;
        for (var n = 0; n < seen.Length; n++)
        {
            Assert.Equal(acknowledged[n / 2].OrderBy(pair => pair.Key).Select(pair => (pair.Key, pair.Value)), seen[n]);
        }
    }

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task No_publish_fails_when_a_silo_joins_and_another_stops_gracefully()
    {
        using var cluster = await ClusterNodes.StartAsync(silos: 2, nodes: 2);
        using var stop = new CancellationTokenSource();
        var published = 0;
        var publishing = Task.WhenAll(Enumerable.Range(0, 8).Select(async publisher =>
        {
            for (var n = 0; !stop.IsCancellationRequested; n++)
            {
                await cluster.Clients[n % 2].PublishAsync($"page {publisher}:{n % 5}", $"{n}", key: $"{n}");
                Interlocked.Increment(ref published);
            }
        }));
        await WaitForMoreAsync();

        await cluster.AddSiloAsync();
        await WaitForMoreAsync();
        cluster.Silos[0].Terminate();
        Assert.Equal(0, await cluster.Silos[0].ExitAsync());
        await WaitForMoreAsync();
        await stop.CancelAsync();

        await publishing;

        async Task WaitForMoreAsync()
        {
            var before = Volatile.Read(ref published);
            await Wait.UntilAsync(
                () => publishing.IsFaulted || Volatile.Read(ref published) >= before + 500,
                "500 more updates are published");
        }
    }

    /// <summary>
    /// The list of members has only dead silos, and no silo is left that could declare them dead. Orleans would wait
    /// for 90 s. The bound is large because the machine may be busy; on an idle one it takes about 15 s.
    /// </summary>
    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task Silos_at_other_addresses_replace_all_silos_that_died_at_once()
    {
        using var cluster = await ClusterNodes.StartAsync(silos: 2, nodes: 1);
        await using var stream = await cluster.Clients[0].SubscribeAsync("home");
        await cluster.Clients[0].PublishAsync("home", "before");
        var start = TimeProvider.System.GetTimestamp();

        await Task.WhenAll(cluster.Silos[0].KillAsync(), cluster.Silos[1].KillAsync());
        await cluster.AddSiloAsync();
        await cluster.AddSiloAsync();
        await cluster.Clients[0].PublishUntilAnsweredAsync("home", "after", key: "after");

        Assert.InRange(TimeProvider.System.GetElapsedTime(start).TotalSeconds, 0, 45);
        Assert.Equal([(1, "before"), (2, "after")], await stream.CollectAsync(2));
    }
}

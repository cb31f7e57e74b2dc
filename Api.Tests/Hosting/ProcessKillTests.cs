using System.Collections.Concurrent;

namespace LiveStreams.Api.Tests.Hosting;

/// <summary>After a kill -9 no acknowledged update is lost.</summary>
public sealed class ProcessKillTests
{
    private const int Pages = 20;
    private const int SubscribersPerPage = 10;
    private const int Publishers = 16;
    private const int Updates = 5000;

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task An_idempotency_key_used_before_a_kill_gets_the_same_update_id_after_it()
    {
        using var process = await ServerProcess.StartAsync();
        using var client = new ApiClient(process.Address);
        var id = await client.PublishAsync("home", "once", key: "k");
        await process.KillAsync();
        using var again = await process.RestartAsync();

        using var response = await client.PostAsync("home", "once", key: "k");

        Assert.Equal(System.Net.HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(id, (await ApiClient.JsonAsync(response)).GetProperty("id").GetString());
        Assert.Equal(1, (await client.GetJsonAsync("/pages/home")).GetProperty("updates").GetInt32());
    }

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task Kills_between_publishes_lose_no_acknowledged_update_and_reuse_no_id()
    {
        using var api = await RestartableApi.StartAsync(ServerProcess.Unthrottled);
        using var client = new ApiClient(api.Current.Address);
        var ids = new List<string>();
        for (var round = 0; round < 5; round++)
        {
            for (var n = 0; n < 20; n++)
            {
                ids.Add(await client.PublishAsync("home", $"{ids.Count}"));
            }

            await api.KillAndRestartAsync();
        }

        await using var stream = await client.SubscribeAsync("home", lastEventId: "0");
        for (var n = 0; n < ids.Count; n++)
        {
            var item = await stream.NextAsync();
            Assert.Equal(($"{n}", ids[n]), (item.Data, item.EventId));
        }
    }

    /// <summary>
    /// The updates are so large that SQLite checkpoints its journal all the time, so that some kills interrupt a
    /// checkpoint.
    /// </summary>
    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task Kills_during_checkpoints_lose_no_acknowledged_update_and_reuse_no_id()
    {
        const int Kills = 5;
        const int UpdatesBetweenKills = 200;
        using var api = await RestartableApi.StartAsync(ServerProcess.Unthrottled);
        using var client = new ApiClient(api.Current.Address);
        var padding = new string(' ', 100_000);
        var acknowledged = Enumerable.Range(0, Publishers).Select(_ => new List<string>()).ToArray();
        var published = 0;

        var publishing = Enumerable.Range(0, Publishers).Select(PublishAsync).ToArray();
        for (var kill = 1; kill <= Kills; kill++)
        {
            await Wait.UntilAsync(
                () => Task.FromResult(Volatile.Read(ref published) >= kill * UpdatesBetweenKills),
                "enough updates before a kill");
            await api.KillAndRestartAsync();
        }

        await Task.WhenAll(publishing);

        for (var publisher = 0; publisher < Publishers; publisher++)
        {
            await using var stream = await client.SubscribeAsync($"page {publisher}", lastEventId: "0");
            foreach (var id in acknowledged[publisher])
            {
                var item = await stream.NextAsync();
                Assert.Equal((id, $"{ApiClient.SequenceOf(id)}"), (item.EventId, item.Data.TrimEnd()));
            }
        }

        async Task PublishAsync(int publisher)
        {
            for (var n = 1; n <= (Kills + 1) * UpdatesBetweenKills / Publishers; n++)
            {
                acknowledged[publisher].Add(
                    await client.PublishUntilAnsweredAsync($"page {publisher}", $"{n}{padding}", $"key {n}"));
                Interlocked.Increment(ref published);
            }
        }
    }

    /// <summary>
    /// 200 subscribers that disconnect and reconnect at random, 16 publishers with idempotency keys and retries, and
    /// two kills. Every subscriber receives every acknowledged update of its page, in order and once.
    /// </summary>
    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task Reconnecting_subscribers_receive_every_acknowledged_update_once_across_two_kills()
    {
        using var api = await RestartableApi.StartAsync(
            [.. ServerProcess.Unthrottled, $"--Subscribers:RingFrames={ReconnectingSubscriber.RingFrames}"]);
        using var client = new ApiClient(api.Current.Address);
        var acknowledged = Enumerable.Range(0, Pages).Select(_ => new ConcurrentDictionary<long, string>()).ToArray();
        var published = 0;

        var subscribers = Enumerable.Range(0, Pages * SubscribersPerPage)
            .Select(n => new ReconnectingSubscriber(client, n % Pages, acknowledged[n % Pages], new Random(n)))
            .ToArray();
        var watching = subscribers.Select(subscriber => subscriber.WatchAsync(Updates / Pages)).ToArray();
        await Task.WhenAll(subscribers.Select(subscriber => subscriber.Joined));
        var publishing = Enumerable.Range(0, Publishers).Select(publisher => PublishAsync(publisher)).ToArray();
        foreach (var share in new[] { 1, 2 })
        {
            await Wait.UntilAsync(
                () => Task.FromResult(Volatile.Read(ref published) >= share * Updates / 3), "a third of the updates");
            await api.KillAndRestartAsync();
        }

        await Task.WhenAll(publishing);
        await Task.WhenAll(watching).WaitAsync(TimeSpan.FromSeconds(120), TestContext.Current.CancellationToken);

        Assert.Equal(Updates, acknowledged.Sum(page => page.Count));
        Assert.All(subscribers, subscriber => Assert.Equal(
            acknowledged[subscriber.Page].OrderBy(pair => pair.Key).Select(pair => (pair.Key, pair.Value)),
            subscriber.Received));
        Assert.True(
            subscribers.Sum(subscriber => subscriber.ResumedInRing) > 0, "No subscriber resumed from the ring.");
        Assert.True(
            subscribers.Sum(subscriber => subscriber.ResumedFromHistory) > 0,
            "No subscriber resumed from the history.");

        async Task PublishAsync(int publisher)
        {
            for (var n = publisher; n < Updates; n += Publishers)
            {
                var page = n % Pages;
                var id = await client.PublishUntilAnsweredAsync($"page {page}", $"update {n}", $"key {n}");
                Assert.True(acknowledged[page].TryAdd(ApiClient.SequenceOf(id), $"update {n}"));
                Interlocked.Increment(ref published);
            }
        }
    }
}

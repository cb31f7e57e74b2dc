using System.Collections.Concurrent;
using System.Net.ServerSentEvents;

namespace LiveStreams.Api.Tests.Hosting;

/// <summary>kill -9, and what is left of every promise.</summary>
public sealed class KillTests
{
    private const int Pages = 20;
    private const int SubscribersPerPage = 10;
    private const int Publishers = 16;
    private const int Updates = 5000;
    private const int RingFrames = 8;

    [Fact]
    public async Task A_key_answered_before_the_kill_gets_the_same_answer_after_it()
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
    public async Task Kills_between_publishes_lose_no_answered_update_and_reuse_no_id()
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

    /// <summary>Updates so large that the journal of the database is folded all the time, and so killed in the middle of it now and then.</summary>
    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task Kills_while_the_journal_is_folded_lose_no_answered_update_and_reuse_no_id()
    {
        const int Kills = 5;
        const int UpdatesBetweenKills = 200;
        using var api = await RestartableApi.StartAsync(ServerProcess.Unthrottled);
        using var client = new ApiClient(api.Current.Address);
        var padding = new string(' ', 100_000);
        var answered = Enumerable.Range(0, Publishers).Select(_ => new List<string>()).ToArray();
        var published = 0;

        var publishing = Enumerable.Range(0, Publishers).Select(PublishAsync).ToArray();
        for (var kill = 1; kill <= Kills; kill++)
        {
            await Wait.UntilAsync(() => Task.FromResult(Volatile.Read(ref published) >= kill * UpdatesBetweenKills), "some updates");
            await api.KillAndRestartAsync();
        }

        await Task.WhenAll(publishing);

        for (var publisher = 0; publisher < Publishers; publisher++)
        {
            await using var stream = await client.SubscribeAsync($"page {publisher}", lastEventId: "0");
            foreach (var id in answered[publisher])
            {
                var item = await stream.NextAsync();
                Assert.Equal((id, $"{ApiClient.SequenceOf(id)}"), (item.EventId, item.Data.TrimEnd()));
            }
        }

        async Task PublishAsync(int publisher)
        {
            for (var n = 1; n <= (Kills + 1) * UpdatesBetweenKills / Publishers; n++)
            {
                answered[publisher].Add(await client.PublishUntilAnsweredAsync($"page {publisher}", $"{n}{padding}", $"key {n}"));
                Interlocked.Increment(ref published);
            }
        }
    }

    /// <summary>
    /// 200 subscribers that come and go as they please, 16 publishers with keys and retries, two kills: every subscriber ends with
    /// every answered update of its page, in order, none twice.
    /// </summary>
    [Fact]
    public async Task Subscribers_that_come_and_go_see_every_answered_update_once_through_two_kills()
    {
        using var api = await RestartableApi.StartAsync([.. ServerProcess.Unthrottled, $"--Subscribers:RingFrames={RingFrames}"]);
        using var client = new ApiClient(api.Current.Address);
        var answered = Enumerable.Range(0, Pages).Select(_ => new ConcurrentDictionary<long, string>()).ToArray();
        var published = 0;

        var subscribers = Enumerable.Range(0, Pages * SubscribersPerPage)
            .Select(n => new Wanderer(client, n % Pages, answered[n % Pages], new Random(n))).ToArray();
        var watching = subscribers.Select(subscriber => subscriber.WatchAsync(Updates / Pages)).ToArray();
        await Task.WhenAll(subscribers.Select(subscriber => subscriber.Joined));
        var publishing = Enumerable.Range(0, Publishers).Select(publisher => PublishAsync(publisher)).ToArray();
        foreach (var share in new[] { 1, 2 })
        {
            await Wait.UntilAsync(() => Task.FromResult(Volatile.Read(ref published) >= share * Updates / 3), "a third of the updates");
            await api.KillAndRestartAsync();
        }

        await Task.WhenAll(publishing);
        await Task.WhenAll(watching).WaitAsync(TimeSpan.FromSeconds(120), TestContext.Current.CancellationToken);

        Assert.Equal(Updates, answered.Sum(page => page.Count));
        Assert.All(subscribers, subscriber => Assert.Equal(
            answered[subscriber.Page].OrderBy(pair => pair.Key).Select(pair => (pair.Key, pair.Value)), subscriber.Seen));
        Assert.True(subscribers.Sum(subscriber => subscriber.ResumedInRing) > 0, "Nobody resumed from the ring.");
        Assert.True(subscribers.Sum(subscriber => subscriber.ResumedFromHistory) > 0, "Nobody resumed from history.");

        async Task PublishAsync(int publisher)
        {
            for (var n = publisher; n < Updates; n += Publishers)
            {
                var page = n % Pages;
                var id = await client.PublishUntilAnsweredAsync($"page {page}", $"update {n}", $"key {n}");
                Assert.True(answered[page].TryAdd(ApiClient.SequenceOf(id), $"update {n}"));
                Interlocked.Increment(ref published);
            }
        }
    }

    /// <summary>A subscriber that reads a while, hangs up, stays away, and comes back with its last event id, as a browser on a train does.</summary>
    private sealed class Wanderer(ApiClient client, int page, ConcurrentDictionary<long, string> answered, Random random)
    {
        private readonly TaskCompletionSource _joined = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private string? _position;

        public int Page => page;

        public Task Joined => _joined.Task;

        public List<(long Sequence, string Data)> Seen { get; } = [];

        public int ResumedInRing { get; private set; }

        public int ResumedFromHistory { get; private set; }

        public async Task WatchAsync(int updates)
        {
            while (Seen.Count < updates)
            {
                // Stays away until the page has moved on: a little, which is still in the ring, or a lot, which is history.
                var missed = _position is null ? 0 : Math.Min(random.Next(3 * RingFrames), updates - Seen.Count);
                await Wait.UntilAsync(() => Task.FromResult(answered.Count - Seen.Count >= missed), "updates to miss");
                try
                {
                    await using var stream = await client.SubscribeAsync($"page {page}", _position);
                    Count();
                    await ReadAsync(stream, Math.Min(random.Next(1, 60), updates - Seen.Count));
                }
                catch (Exception exception) when (exception is HttpRequestException or IOException)
                {
                    await Wait.PauseAsync();
                }
            }
        }

        private async Task ReadAsync(EventStream stream, int count)
        {
            _position ??= stream.StartedFrom;
            _joined.TrySetResult();
            for (var i = 0; i < count && await stream.NextOrEndAsync() is SseItem<string> item; i++)
            {
                Assert.Equal("message", item.EventType);
                _position = item.EventId!;
                Seen.Add((ApiClient.SequenceOf(_position), item.Data));
            }
        }

        private void Count()
        {
            var missed = answered.Count - Seen.Count;
            ResumedInRing += missed is > 0 and <= RingFrames / 2 ? 1 : 0;
            ResumedFromHistory += missed > RingFrames ? 1 : 0;
        }
    }
}

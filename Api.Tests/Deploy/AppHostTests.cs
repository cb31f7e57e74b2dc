using System.Collections.Concurrent;
using System.Diagnostics;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Deploy;

/// <summary>The cluster in one command (<c>deploy/AppHost</c>).</summary>
[Collection(nameof(Alone))]
public sealed class AppHostTests
{
    /// <summary>Enough for both silos to have some.</summary>
    private const int Pages = 8;

    private const int UpdatesEach = 50;

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task A_killed_silo_is_noticed_by_no_stream_through_the_proxy()
    {
        using var host = await AppHostProcess.StartAsync();
        using var reader = new ApiClient(host.Proxy);
        using var publisher = new ApiClient(host.Server);
        var acknowledged = Enumerable.Range(0, Pages).Select(_ => new ConcurrentDictionary<long, string>()).ToArray();
        var streams = new List<EventStream>();
        for (var page = 0; page < Pages; page++)
        {
            streams.Add(await reader.SubscribeAsync($"{page}"));
        }

        var watching = Task.WhenAll(streams.Select(stream => stream.CollectAsync(UpdatesEach)));
        var publishing = Task.WhenAll(Enumerable.Range(0, Pages).Select(async page =>
        {
            for (var n = 0; n < UpdatesEach; n++)
            {
                var id = await publisher.PublishUntilAnsweredAsync($"{page}", $"update {n}", key: $"{n}");
                Assert.True(acknowledged[page].TryAdd(ApiClient.SequenceOf(id), $"update {n}"));
            }
        }));
        await Wait.UntilAsync(
            () => acknowledged.All(updates => updates.Count >= UpdatesEach / 3),
            "a third of each page's updates are published");
        using (var silo = Process.GetProcessById(host.Silo))
        {
            Assert.Equal("LiveStreams.Sil", silo.ProcessName[..15]);
            silo.Kill();
        }

        await publishing.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        var seen = await watching.BoundedAsync();
        for (var page = 0; page < Pages; page++)
        {
            Assert.Equal(
                acknowledged[page].OrderBy(pair => pair.Key).Select(pair => (pair.Key, pair.Value)),
                seen[page]);
        }
    }
}

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

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task The_dashboard_receives_one_trace_of_an_update_from_two_servers_and_a_silo()
    {
        using var host = await AppHostProcess.StartAsync();
        using var reader = new ApiClient(host.Proxy);
        using var publisher = new ApiClient(host.Server);
        var streams = new List<EventStream>();
        for (var n = 0; n < Pages; n++)
        {
            // The proxy spreads them over both servers.
            streams.Add(await reader.SubscribeAsync("traced"));
        }

        var trace = ActivityTraceId.CreateRandom().ToString();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{ApiClient.PathOf("traced")}/updates")
        {
            Content = new StringContent("Is this thing on?"),
        };
        request.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01");
        using var response = await publisher.SendAsync(request);

        Assert.All(await Task.WhenAll(streams.Select(stream => stream.NextAsync())), update =>
            Assert.Equal("Is this thing on?", update.Data));
        IReadOnlyList<ReceivedSpan> spans = [];
        await Wait.UntilAsync(
            async () => (spans = await host.Dashboard.ReadSpansAsync(trace)).Count >= 8, "the trace is complete");
        Assert.Equal(
            [
                "append in a silo",
                "call grain in a server",
                "fan-out in a server",
                "fan-out in a server",
                "page grain in a silo",
                "POST /pages/{page}/updates in a server",
                "publish in a server",
                "wait for the page in a silo",
            ],
            spans.Select(span => $"{span.Name} in a {span.Resource.Split('-')[0]}")
                .Order(StringComparer.OrdinalIgnoreCase));
        Assert.Equal(2, spans.Where(span => span.Name == "fan-out").Select(span => span.Resource).Distinct().Count());
        Assert.All(spans, span => Assert.Equal(trace, span.TraceId));
        Assert.Contains(
            await host.Dashboard.ReadLogsAsync(),
            message => message.StartsWith("LiveStreams 0.1.0 has started.", StringComparison.Ordinal));
    }
}

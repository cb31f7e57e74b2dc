using System.Net;
using System.Text;
using LiveStreams.Api.Tests.History;

namespace LiveStreams.Api.Tests.Telemetry;

/// <summary>What <c>/metrics</c> says.</summary>
public sealed class MetricsTests(MetricsTests.Server server) : IClassFixture<MetricsTests.Server>
{
    /// <summary>A metric, the labels that its sample must have, and what makes it grow.</summary>
    public static TheoryData<string, string, string> Rows => new()
    {
        { "livestreams_streams_opened_total", "", "open" },
        { "livestreams_streams_closed_total", "reason=\"client\"", "leave" },
        { "livestreams_streams_closed_total", "reason=\"page\"", "delete" },
        { "livestreams_frames_written_total", "", "receive" },
        { "livestreams_frames_size_bytes_total", "", "receive" },
        { "livestreams_fanouts_total", "", "receive" },
        { "livestreams_fanouts_time_seconds_total", "", "receive" },
        { "livestreams_updates_replayed_total", "", "replay" },
        { "livestreams_resets_total", "reason=\"epoch\"", "reset" },
        { "livestreams_publishes_total", "result=\"published\"", "publish" },
        { "livestreams_publishes_total", "result=\"repeated\"", "repeat" },
        { "livestreams_publishes_total", "result=\"key-reused\"", "reuse" },
        { "livestreams_appends_total", "store=\"sqlite\"", "publish" },
        { "livestreams_appends_time_seconds_total", "store=\"sqlite\"", "publish" },
        { "livestreams_appends_updates_total", "store=\"sqlite\"", "publish" },
        { "livestreams_journal_size_bytes", "", "publish" },
        { "livestreams_journal_fold_duration_seconds_count", "", "publish" },
        { "livestreams_unsent_bytes", "", "stall" },
        { "livestreams_readers_cut_total", "reason=\"stalled\"", "stall" },
        { "livestreams_streams_closed_total", "reason=\"slow\"", "stall" },
        { "livestreams_refusals_total", "limit=\"too-large\"", "refuse" },
        { "livestreams_connections_refused_total", "limit=\"address\"", "crowd" },
        { "livestreams_connections_cut_total", "", "intrude" },
        { "dotnet_gc_heap_total_allocated_bytes_total", "", "publish" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_metric_grows_when_its_thing_happens(string metric, string labels, string action)
    {
        using var client = new ApiClient(server.Address);
        using var reader = new ApiClient(server.Address);
        await using var things = new Things(server.Address, client, $"{metric} {labels}");
        await things.PrepareAsync();
        var before = (await MetricsText.ReadAsync(reader)).Sum(metric, labels);

        await things.DoAsync(action);

        await Wait.UntilAsync(
            async () => (await MetricsText.ReadAsync(reader)).Sum(metric, labels) > before,
            $"{metric} {{{labels}}} is more than {before}");
    }

    [Fact]
    public async Task What_is_open_is_counted_until_it_is_closed()
    {
        using var process = await ServerProcess.StartAsync("--Store=memory");
        using var client = new ApiClient(process.Address);
        await using (var things = new Things(process.Address, client, "home"))
        {
            await things.PrepareAsync();
            await things.DoAsync("receive");
            await things.DoAsync("open");
            await WaitForAsync(client, ("subscribers", 2), ("subscribers_addresses", 2), ("pages_watched", 2));
            Assert.InRange((await MetricsText.ReadAsync(client)).Sum("livestreams_feeds_memory_bytes"), 1, 1000);
        }

        await WaitForAsync(client, ("subscribers", 0), ("subscribers_addresses", 0));
    }

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task A_hundred_thousand_pages_add_no_sample()
    {
        using var process = await ServerProcess.StartAsync(
            [.. ServerProcess.Unthrottled, "--Store=memory", "--Limits:PublishBurst=1000000"]);
        using var client = new ApiClient(process.Address);
        await PublishToPagesAsync(client, 0);
        var few = (await MetricsText.ReadAsync(client)).OfLiveStreams;
        for (var batch = 1; batch < 10; batch++)
        {
            await PublishToPagesAsync(client, batch);
        }

        Assert.Equal(few, (await MetricsText.ReadAsync(client)).OfLiveStreams);
    }

    [Fact]
    public async Task What_a_proxy_passes_on_does_not_get_metrics()
    {
        using var client = new ApiClient(server.Address);
        foreach (var header in new[] { "X-Forwarded-For", "Forwarded" })
        {
            using var response = await client.GetWithAsync("/metrics", (header, "198.51.100.1"));
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }
    }

    [Theory]
    [InlineData("http://127.0.0.1:0")]
    [InlineData("http://localhost:9464;http://*:0")]
    public async Task An_address_for_metrics_needs_a_port(string urls)
    {
        var (exitCode, output) = await ServerProcess.FailAsync("--Store=memory", $"--Metrics:Urls={urls}");

        Assert.Equal(1, exitCode);
        Assert.Equal($"Metrics:Urls needs a port that you choose; {urls.Split(';')[^1]} has port 0.", output);
    }

    [Fact]
    public async Task An_address_for_metrics_on_all_interfaces_does_not_open_the_server_to_them()
    {
        var port = RedisServer.FreePort();
        using var process = await ServerProcess.StartAsync("--Store=memory", $"--Metrics:Urls=http://*:{port}");

        Assert.DoesNotContain($":{port}", process.Output, StringComparison.Ordinal);
        using var metrics = new ApiClient(new Uri($"http://127.0.0.1:{port}"));
        Assert.NotEmpty((await MetricsText.ReadAsync(metrics)).Samples);
    }

    [Fact]
    public async Task A_server_for_other_machines_has_metrics_at_an_address_of_their_own_and_nothing_else_there()
    {
        var own = new Uri($"http://127.0.0.1:{RedisServer.FreePort()}");
        using var process = await ServerProcess.StartAsync(
            "--urls=http://0.0.0.0:0", "--Auth:AnonymousPublish=true", $"--Metrics:Urls={own}", "--Store=memory");
        using var main = new ApiClient(new UriBuilder(process.Address) { Host = "127.0.0.1" }.Uri);
        using var metrics = new ApiClient(own);
        Assert.Equal(HttpStatusCode.NotFound, (await main.GetAsync("/metrics")).StatusCode);
        Assert.NotEmpty((await MetricsText.ReadAsync(metrics)).Samples);
        Assert.Equal(HttpStatusCode.OK, (await metrics.GetAsync("/health/live")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await metrics.GetAsync("/pages/home")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await metrics.PostAsync("home", "x")).StatusCode);
    }

    private static Task WaitForAsync(ApiClient client, params (string Name, double Value)[] expected) =>
        Wait.UntilAsync(
            async () =>
            {
                var metrics = await MetricsText.ReadAsync(client);
                return expected.All(metric => metrics.Sum($"livestreams_{metric.Name}").Equals(metric.Value));
            },
            string.Join(", ", expected));

    private static async Task PublishToPagesAsync(ApiClient client, int batch)
    {
        const int Pages = 10_000;
        var lines = Enumerable.Range(batch * Pages, Pages).Select(n => $"{{\"page\":\"page {n}\",\"data\":1}}\n");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/updates")
        {
            Content = new StringContent(string.Concat(lines), Encoding.UTF8, "application/x-ndjson"),
        };
        using var response = await client.SendAsync(request);
        var results = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(Pages, results.Split("\"id\":").Length - 1);
    }

    /// <summary>One server for all of them, because .NET's meters belong to a process.</summary>
    public sealed class Server : IAsyncLifetime
    {
        private ServerProcess? _process;

        public Uri Address => _process!.Address;

        public async ValueTask InitializeAsync() => _process = await ServerProcess.StartAsync(
        [
            .. ServerProcess.Unthrottled, "--Subscribers:RingFrames=1", "--Subscribers:StallTimeout=00:00:03",
            "--Limits:MaxUpdateBytes=100000", "--Limits:MaxConnectionsPerAddress=200", "--Proxies:Trusted=10.0.0.1",
        ]);

        public ValueTask DisposeAsync()
        {
            _process!.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

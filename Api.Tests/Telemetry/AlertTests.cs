using System.Text;

namespace LiveStreams.Api.Tests.Telemetry;

/// <summary>
/// Each alert of <c>deploy/prometheus</c> fires in a real Prometheus when its thing happens to a real server, and
/// clears when it is over. <see cref="LimitAlertTests"/> and <see cref="LateUpdatesAlertTests"/> have some of them.
/// Keys that cannot be read for a quarter of an hour are in alerts.test.yml only.
/// </summary>
[Trait(Tier.Name, Tier.All)]
public sealed class AlertTests
{
    [Fact]
    public async Task A_server_that_is_killed()
    {
        using var server = await ServerProcess.StartAsync("--Store=memory");
        using var prometheus = await PrometheusServer.StartAsync(server.Address);
        await server.KillAsync();
        ServerProcess? restarted = null;

        await prometheus.AssertFiresAndClearsAsync(
            ["LiveStreamsDown"],
            cause: () => Task.CompletedTask,
            end: async () => restarted = await server.RestartAsync());

        restarted!.Dispose();
    }

    [Fact]
    public async Task A_Redis_that_is_killed()
    {
        using var redis = await RedisServer.StartAsync();
        using var server = await ServerProcess.StartAsync($"--Redis:Connection={redis.Connection}");
        using var client = new ApiClient(server.Address);
        using var prometheus = await PrometheusServer.StartAsync(server.Address);
        await PublishAsync(client);
        redis.Kill();

        await prometheus.AssertFiresAndClearsAsync(
            ["LiveStreamsStoreAway", "LiveStreamsPublishesFail"],
            cause: () => PublishAsync(client),
            end: redis.StartAgainAsync,
            after: () => PublishAsync(client));
    }

    [Fact]
    public async Task A_Redis_that_is_slow()
    {
        using var redis = await RedisServer.StartAsync();
        using var server = await ServerProcess.StartAsync($"--Redis:Connection={redis.Connection}");
        using var client = new ApiClient(server.Address);
        using var prometheus = await PrometheusServer.StartAsync(server.Address);

        await prometheus.AssertFiresAndClearsAsync(
            ["LiveStreamsPublishesSlow"],
            cause: async () =>
            {
                await redis.CliAsync("CLIENT", "PAUSE", "600");
                await PublishAsync(client);
            },
            end: () => Task.CompletedTask,
            after: () => PublishAsync(client));
    }

    [Fact]
    public async Task A_Redis_that_cuts_subscriptions_again_and_again()
    {
        using var redis = await RedisServer.StartAsync();
        using var server = await ServerProcess.StartAsync($"--Redis:Connection={redis.Connection}");
        using var client = new ApiClient(server.Address);
        using var prometheus = await PrometheusServer.StartAsync(server.Address);
        var pages = Enumerable.Range(0, 20).Select(n => $"page {n}").ToArray();
        await using var stream = await client.SubscribeToPagesAsync(pages);

        await prometheus.AssertFiresAndClearsAsync(
            ["LiveStreamsAnnouncementsLost"],
            cause: async () =>
            {
                await redis.CliAsync("CLIENT", "KILL", "TYPE", "pubsub");
                await Task.WhenAll(pages.Select(page => client.PublishAsync(page, "lost")));
            },
            end: () => Task.CompletedTask);
    }

    [Fact]
    public async Task Streams_that_cannot_continue()
    {
        using var server = await ServerProcess.StartAsync();
        using var client = new ApiClient(server.Address);
        using var prometheus = await PrometheusServer.StartAsync(server.Address);

        await prometheus.AssertFiresAndClearsAsync(
            ["LiveStreamsResetsRising"],
            cause: async () =>
            {
                await using var stream = await client.SubscribeAsync("home", lastEventId: "ffffffffffff-1");
            },
            end: () => Task.CompletedTask);
    }

    [Fact]
    public async Task More_updates_than_the_disk_takes()
    {
        using var server = await ServerProcess.StartAsync(ServerProcess.Unthrottled);
        using var client = new ApiClient(server.Address);
        using var prometheus = await PrometheusServer.StartAsync(server.Address);
        var page = 0;
        var isOver = false;
        var publishing = Task.WhenAll(PublishBatchesAsync(), PublishBatchesAsync());

        await prometheus.AssertFiresAndClearsAsync(
            ["LiveStreamsJournalGrowing"],
            cause: () => Task.CompletedTask,
            end: () =>
            {
                isOver = true;
                return publishing;
            });

        async Task PublishBatchesAsync()
        {
            var data = new string('x', 1000);
            while (!isOver)
            {
                var lines = Enumerable.Range(0, 2000)
                    .Select(_ => $"{{\"page\":\"{Interlocked.Increment(ref page)}\",\"data\":\"{data}\"}}\n");
                using var request = new HttpRequestMessage(HttpMethod.Post, "/updates")
                {
                    Content = new StringContent(string.Concat(lines), Encoding.UTF8, "application/x-ndjson"),
                };
                using var response = await client.SendAsync(request);
            }
        }
    }

    [Fact]
    public async Task A_certificate_that_expires_tomorrow()
    {
        using var old = TestCertificate.Create(TimeSpan.FromDays(1));
        using var renewed = TestCertificate.Create(TimeSpan.FromDays(90));
        using var server = await ServerProcess.StartAsync(
            "--Store=memory",
            $"--urls=https://127.0.0.1:{RedisServer.FreePort()}",
            $"--Kestrel:Certificates:Default:Path={old.CertificatePath}",
            $"--Kestrel:Certificates:Default:KeyPath={old.KeyPath}");
        using var prometheus = await PrometheusServer.StartAsync(server.Address);
        ServerProcess? restarted = null;

        await prometheus.AssertFiresAndClearsAsync(
            ["LiveStreamsCertificateExpires"],
            cause: () => Task.CompletedTask,
            end: async () =>
            {
                File.Copy(renewed.CertificatePath, old.CertificatePath, overwrite: true);
                File.Copy(renewed.KeyPath, old.KeyPath, overwrite: true);
                await server.KillAsync();
                restarted = await server.RestartAsync();
            });

        restarted!.Dispose();
    }

    private static async Task PublishAsync(ApiClient client) => (await client.PostAsync("home", "x")).Dispose();
}

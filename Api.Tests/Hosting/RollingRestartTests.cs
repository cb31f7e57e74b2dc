using LiveStreams.Api.Tests.Proxies;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Hosting;

/// <summary>A restart of everything, one part after the other, while thousands read (docs/operations.md).</summary>
[Collection(nameof(Alone))]
public sealed class RollingRestartTests
{
    private const int Readers = 5000;
    private const int UpdatesPerSecond = 20;

    private static readonly string[] _pages = [.. Enumerable.Range(0, 20).Select(n => $"page {n}")];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task Both_servers_and_Redis_are_restarted_and_every_reader_gets_every_update_once()
    {
        using var redis = await RedisServer.StartAsync("--appendonly", "yes");
        string[] settings =
        [
            $"--Redis:Connection={redis.Connection}", "--Limits:MaxSubscribersPerAddress=0",
            "--Limits:ReadsPerSecondPerAddress=0",
        ];
        var servers = new[] { await ServerProcess.StartAsync(settings), await ServerProcess.StartAsync(settings) };
        try
        {
            using var nginx = await ProxyServer.StartAsync(
                ProxyProgram.Nginx, servers[0].Address, servers[1].Address);
            using var crowd = new ReaderCrowd(nginx.Address);
            await crowd.JoinAsync(Readers, _pages);
            using var stop = new CancellationTokenSource();
            var publishing = PublishAsync(nginx.Address, stop.Token);
            for (var i = 0; i < servers.Length; i++)
            {
                servers[i].Terminate();
                Assert.Equal(0, await servers[i].ExitAsync());
                servers[i] = await servers[i].RestartAsync();
                await crowd.WaitForAllAsync();
            }

            redis.Kill();
            await redis.StartAgainAsync();
            await crowd.WaitForAllAsync();
            await stop.CancelAsync();
            var published = await publishing;
            await crowd.CompleteAsync();
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"{published} updates. Of {Readers} readers, {crowd.Fewest} or more had a stream at every moment.");
            Assert.InRange(crowd.Fewest, Readers * 8 / 10, Readers);
        }
        finally
        {
            Array.ForEach(servers, static server => server.Dispose());
        }
    }

    // One after the other, so that the numbers of a page are in order. While Redis is away, a publish is tried again
    // with the same key.
    private static async Task<int> PublishAsync(Uri address, CancellationToken stop)
    {
        using var client = new ApiClient(address);
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1) / UpdatesPerSecond, TimeProvider.System);
        var published = 0;
        for (; !stop.IsCancellationRequested || published % _pages.Length != 0; published++)
        {
            await pace.WaitForNextTickAsync(Ct);
            await PublishAsync(client, _pages[published % _pages.Length], $"{published / _pages.Length}");
        }

        foreach (var page in _pages)
        {
            await PublishAsync(client, page, ReaderCrowd.Last);
        }

        return published;
    }

    private static async Task PublishAsync(ApiClient client, string page, string data)
    {
        while (true)
        {
            using var response = await client.PostAsync(page, data, key: data);
            if (response.IsSuccessStatusCode)
            {
                return;
            }

            await Wait.PauseAsync();
        }
    }
}

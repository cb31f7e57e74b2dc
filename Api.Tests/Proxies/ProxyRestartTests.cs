using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Proxies;

/// <summary>Two servers behind a proxy are restarted one after the other, and nobody gets an error.</summary>
[Collection(nameof(Alone))]
public sealed class ProxyRestartTests
{
    [Theory]
    [Trait(Tier.Name, Tier.All)]
    [MemberData(nameof(ProxyProgram.Names), MemberType = typeof(ProxyProgram))]
    public async Task A_rolling_restart_fails_no_request_and_every_stream_continues_exactly(string name)
    {
        using var redis = await RedisServer.StartAsync();
        string[] settings =
        [
            .. ServerProcess.Unthrottled, $"--Redis:Connection={redis.Connection}", "--Drain:Period=00:00:02",
        ];
        var servers = new[] { await ServerProcess.StartAsync(settings), await ServerProcess.StartAsync(settings) };
        try
        {
            using var proxy = await ProxyServer.StartAsync(name, servers[0].Address, servers[1].Address);
            using var load = new ProxyLoad(proxy.Address, publishersRetry: name == ProxyProgram.Caddy);
            await using var running = load.Start();
            for (var i = 0; i < servers.Length; i++)
            {
                await WaitUntilUsedAsync(servers[i]);
                servers[i].Terminate();
                Assert.Equal(0, await servers[i].ExitAsync());
                await load.WaitForRequestsAsync(count: 50);
                servers[i] = await servers[i].RestartAsync();

                // A reader pauses 20 ms after each request. So this takes the 2 s after which the docs say to go on.
                await WaitUntilUsedAsync(servers[i]);
                await load.WaitForRequestsAsync(count: 100);
            }

            await load.CompleteAsync();
        }
        finally
        {
            Array.ForEach(servers, server => server.Dispose());
        }
    }

    // The proxy has noticed that the server is there when it sends it new streams.
    private static async Task WaitUntilUsedAsync(ServerProcess server)
    {
        using var client = new ApiClient(server.Address);
        await Wait.UntilAsync(
            async () =>
            {
                var page = await client.GetJsonAsync($"/pages/{ProxyLoad.Page}");
                return page.GetProperty("subscribers").GetInt32() > 0;
            },
            "the proxy sends streams to the server");
    }
}

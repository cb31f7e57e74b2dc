using LiveStreams.Api.Tests.Http;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Proxies;

/// <summary>An nginx that caches whatever does not forbid it, as some sites have it in front of everything.</summary>
public sealed class NginxCacheTests
{
    [Fact]
    public async Task A_cache_in_front_keeps_no_response_that_would_lock_readers_out()
    {
        await using var api = await InProcessApi.StartAsync("--Store=memory");
        using var nginx = await ProxyServer.StartAsync(ProxyProgram.Nginx, api.Address, AddCache);
        using var client = new ApiClient(api.Address);
        await client.PublishAsync("ended", "x");
        using (var request = new HttpRequestMessage(HttpMethod.Delete, "/pages/ended"))
        using (await client.SendAsync(request))
        {
        }

        foreach (var (target, status) in new[]
        {
            ("/pages/ended/events", 204), ("/pages/ended/nothing", 404), ("/pages/ended/events?from=x", 400),
            ("/pages/home/updates?after=ffffffffffff-1", 410), ("/pages/home/posts/a", 405), ("/pages/ended", 200),
        })
        {
            for (var i = 0; i < 2; i++)
            {
                var response = await new PathAlias("GET", target).SendAsync(nginx.Address, "ended");
                Assert.StartsWith($"HTTP/1.1 {status} ", response, StringComparison.Ordinal);
                Assert.Contains("\r\nX-Cache: MISS\r\n", response, StringComparison.Ordinal);
            }
        }

        await client.PublishAsync("ended", "begun again");
        var stream = await new PathAlias("GET", "/pages/ended/events").SendAsync(nginx.Address, "ended");
        Assert.StartsWith("HTTP/1.1 200 ", stream, StringComparison.Ordinal);
    }

    private static string AddCache(string configuration) => ProxyServer.Replace(
        ProxyServer.Replace(
            configuration,
            "    root site;",
            "proxy_cache all; proxy_cache_valid any 10m; add_header X-Cache $upstream_cache_status always; root site;"),
        "  upstream livestreams {",
        "proxy_cache_path cache keys_zone=all:1m; upstream livestreams {");
}

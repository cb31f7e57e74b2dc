using System.Net;
using LiveStreams.Api.Tests.History;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Proxies;

/// <summary>
/// A cache in front, as a CDN is one, serves full blocks of history without asking, and never an old tail. Its own
/// counters say how often it has asked.
/// </summary>
[Trait(Tier.Name, Tier.All)]
public sealed class HistoryCacheTests
{
    private const string Page = "/pages/home/updates";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_cache_serves_a_full_block_without_asking()
    {
        await using var api = await InProcessApi.StartAsync("--Store=memory", "--History:MaxUpdates=30");
        using var varnish = await VarnishServer.StartAsync(api.Address);
        using var publisher = new ApiClient(api.Address);
        using var reader = new ApiClient(varnish.Address);
        var ids = await publisher.PublishAsync("home", count: 30);
        string[] blocks = [$"?after={ids[4]}&limit=10", $"?before={ids[25]}&limit=10", $"?before={ids[15]}&limit=10"];
        var expected = new List<string>();
        foreach (var block in blocks)
        {
            expected.Add(await ReadAsync(reader, block, "text/html, */*;q=0.1"));
        }

        await varnish.AssertCountersAsync(asked: 3, hits: 0);
        for (var n = 0; n < 100; n++)
        {
            // The page grows beyond the blocks, and is deleted halfway: a full block stays what it was.
            await publisher.PublishAsync("home", $"more {n}");
            if (n == 50)
            {
                using var deletion = new HttpRequestMessage(HttpMethod.Delete, "/pages/home");
                using var deleted = await publisher.SendAsync(deletion);
            }

            foreach (var (block, text) in blocks.Zip(expected))
            {
                Assert.Equal(text, await ReadAsync(reader, block, n % 2 == 0 ? "application/json" : $"text/x-{n}"));
            }
        }

        await varnish.AssertCountersAsync(asked: 3, hits: 300);
        using var gone = await publisher.GetAsync($"{Page}{blocks[0]}");
        Assert.Equal(HttpStatusCode.Gone, gone.StatusCode);
    }

    [Fact]
    public async Task A_cache_never_serves_an_old_tail()
    {
        const int Updates = 200;
        await using var api = await InProcessApi.StartAsync("--Store=memory");
        using var varnish = await VarnishServer.StartAsync(api.Address);
        using var publisher = new ApiClient(api.Address);
        using var reader = new ApiClient(varnish.Address);
        var first = (await publisher.PublishAsync("home", count: 1))[0];
        string[] tails = ["?limit=1000", "?since=1h&limit=1000", $"?after={first}&limit=1000"];
        var others = new int[4];
        using var stop = new CancellationTokenSource();
        var reading = Enumerable.Range(0, others.Length).Select(reading => Task.Run(
            async () =>
            {
                for (; !stop.IsCancellationRequested; others[reading]++)
                {
                    await ReadAsync(reader, tails[0]);
                }
            },
            Ct)).ToList();

        for (var n = 0; n < Updates; n++)
        {
            var id = await publisher.PublishAsync("home", $"{n}");
            foreach (var tail in tails)
            {
                Assert.Contains($"\"head\":\"{id}\"", await ReadAsync(reader, tail), StringComparison.Ordinal);
            }
        }

        await stop.CancelAsync();
        await Task.WhenAll(reading);
        Assert.All(others, reads => Assert.True(reads > 0));
        await varnish.AssertCountersAsync(asked: (Updates * tails.Length) + others.Sum(), hits: 0);
    }

    [Fact]
    public async Task A_tail_that_becomes_a_full_block_is_then_served_without_asking()
    {
        await using var api = await InProcessApi.StartAsync("--Store=memory");
        using var varnish = await VarnishServer.StartAsync(api.Address);
        using var publisher = new ApiClient(api.Address);
        using var reader = new ApiClient(varnish.Address);
        var first = (await publisher.PublishAsync("home", count: 1))[0];
        var block = $"?after={first}&limit=2";
        for (var n = 0; n < 3; n++)
        {
            Assert.Contains("\"head\"", await ReadAsync(reader, block), StringComparison.Ordinal);
            await publisher.PublishAsync("home", $"{n}");
        }

        var full = await ReadAsync(reader, block);
        Assert.DoesNotContain("\"head\"", full, StringComparison.Ordinal);
        await varnish.AssertCountersAsync(asked: 4, hits: 0);
        Assert.Equal(full, await ReadAsync(reader, block));
        await varnish.AssertCountersAsync(asked: 4, hits: 1);

        var lines = await ReadAsync(reader, block, "application/x-ndjson");
        Assert.StartsWith("{\"id\":", lines, StringComparison.Ordinal);
        await varnish.AssertCountersAsync(asked: 5, hits: 1);
    }

    [Fact]
    public async Task A_cache_keeps_a_block_once_for_each_format_whatever_browsers_accept()
    {
        await using var api = await InProcessApi.StartAsync("--Store=memory");
        using var varnish = await VarnishServer.StartAsync(api.Address);
        using var publisher = new ApiClient(api.Address);
        using var reader = new ApiClient(varnish.Address);
        var ids = await publisher.PublishAsync("home", count: 3);
        var block = $"?after={ids[0]}&limit=1";
        foreach (var accept in new[]
        {
            "*/*", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/json;q=0.5",
        })
        {
            Assert.StartsWith("{\"page\"", await ReadAsync(reader, block, accept), StringComparison.Ordinal);
        }

        foreach (var accept in new[]
        {
            "application/x-ndjson", "Application/X-NDJSON, text/plain", "*/*, application/x-ndjson",
        })
        {
            Assert.StartsWith("{\"id\"", await ReadAsync(reader, block, accept), StringComparison.Ordinal);
        }

        await varnish.AssertCountersAsync(asked: 2, hits: 4);
        Assert.StartsWith(
            "{\"page\"",
            await ReadAsync(reader, block, "application/json, application/x-ndjson;q=0.5"),
            StringComparison.Ordinal);
        Assert.StartsWith(
            "{\"id\"",
            await ReadAsync(reader, block, "application/json;q=0.5, application/x-ndjson"),
            StringComparison.Ordinal);
        await varnish.AssertCountersAsync(asked: 4, hits: 4);
    }

    [Fact]
    public async Task A_cache_keeps_nothing_of_a_private_page_and_passes_streams_on()
    {
        using var tokens = new TestTokens();
        await using var api = await InProcessApi.StartAsync(
        [
            "--Store=memory", "--Auth:PrivatePages=home", "--Auth:AnonymousPublish=true", .. tokens.Settings,
        ]);
        using var varnish = await VarnishServer.StartAsync(api.Address);
        using var publisher = new ApiClient(api.Address);
        using var reader = new ApiClient(varnish.Address);
        var ids = await publisher.PublishAsync("home", count: 3);
        var block = $"?after={ids[0]}&limit=1";
        (string, string)[] places =
        [
            ("Authorization", $"Bearer {tokens.Hmac()}"), ("Cookie", $"a=b; livestreams_token={tokens.Hmac()}"),
        ];
        foreach (var (name, value) in places)
        {
            for (var n = 0; n < 2; n++)
            {
                using var response = await reader.GetWithAsync($"{Page}{block}", (name, value));
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
                using var refused = await reader.GetAsync($"{Page}{block}");
                Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
            }
        }

        await varnish.AssertCountersAsync(asked: 8, hits: 0);
        await using var stream = await reader.SubscribeAsync("open");
        await publisher.PublishAsync("open", "passed on");
        Assert.Equal("passed on", (await stream.NextAsync()).Data);
        await using var several = await reader.SubscribeToPagesAsync(["open", "other"]);
        await using var listed = await reader.PostToPagesAsync(["open", "other"]);
        await publisher.PublishAsync("other", "passed on, too");
        Assert.Equal("passed on, too", (await several.NextPageEventAsync()).Data);
        Assert.Equal("passed on, too", (await listed.NextPageEventAsync()).Data);
    }

    private static async Task<string> ReadAsync(ApiClient client, string query, string accept = "application/json")
    {
        using var response = await client.GetWithAsync(
            $"{Page}{query}", ("Accept", accept), ("Connection", "close"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync(Ct);
    }
}

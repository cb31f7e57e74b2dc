using System.Diagnostics;
using LiveStreams.Api.Tests.Posts;
using LiveStreams.Api.Tests.Support;
using Microsoft.Playwright;

namespace LiveStreams.Api.Tests.Examples;

/// <summary>LiveStreams behind Debian's nginx, as <c>examples/nginx</c> configures it.</summary>
public sealed class NginxTests(Chromium chromium)
{
    [Fact]
    public async Task An_update_arrives_at_once_and_a_subscriber_that_reconnects_gets_what_it_missed()
    {
        using var api = await RestartableApi.StartAsync();
        using var nginx = await NginxServer.StartAsync(api.Current.Address);
        using var client = new ApiClient(nginx.Address);

        foreach (var page in new[] { "home", "news/today", "Zürich ✓" })
        {
            string first;
            await using (var stream = await client.SubscribeAsync(page))
            {
                Assert.Equal("0", stream.StartedFrom);
                first = await client.PublishAsync(page, "1");
                Assert.Equal(["1"], await stream.NextDataAsync(1));
            }

            await client.PublishAsync(page, "2, without a subscriber");
            await client.PublishAsync(page, "3");
            await using var again = await client.SubscribeAsync(page, first);
            Assert.Equal(first, again.StartedFrom);
            Assert.Equal(["2, without a subscriber", "3"], await again.NextDataAsync(2));
        }
    }

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task Nginx_does_not_close_a_stream_that_sends_only_heartbeats()
    {
        const string ReadTimeout = "proxy_read_timeout 3s;";
        using var silent = await RestartableApi.StartAsync("--Subscribers:Heartbeat=00:01:00");
        using var beating = await RestartableApi.StartAsync("--Subscribers:Heartbeat=00:00:01");
        using var cutting = await NginxServer.StartAsync(silent.Current.Address, ReadTimeout);
        using var keeping = await NginxServer.StartAsync(beating.Current.Address, ReadTimeout);
        using var cut = new ApiClient(cutting.Address);
        using var kept = new ApiClient(keeping.Address);

        await using var cutStream = await cut.SubscribeAsync("home");
        await using var keptStream = await kept.SubscribeAsync("home");
        await Assert.ThrowsAnyAsync<IOException>(() => cutStream.NextOrEndAsync());
        Assert.StartsWith("retry:", await keptStream.NextBlockAsync(), StringComparison.Ordinal);
        for (var beats = 0; beats < 6; beats++)
        {
            Assert.Equal(":\n\n", await keptStream.NextBlockAsync());
        }

        await kept.PublishAsync("home", "after six seconds of silence");
        Assert.EndsWith(
            "data: after six seconds of silence\n\n",
            await keptStream.NextBlockAsync(),
            StringComparison.Ordinal);
    }

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task The_page_and_a_plain_EventSource_resume_after_a_server_restart()
    {
        using var api = await RestartableApi.StartAsync();
        using var nginx = await NginxServer.StartAsync(api.Current.Address);
        using var client = new ApiClient(nginx.Address);
        await using var context = await chromium.NewContextAsync();
        var tab = await context.NewPageAsync();
        await tab.GotoAsync($"{nginx.Address}");
        await Assertions.Expect(tab.Locator("live-page")).ToHaveAttributeAsync("state", "live");
        await tab.EvaluateAsync("""
            seen = [];
            opened = 0;
            source = new EventSource('/pages/home/events');
            source.onopen = () => opened++;
            source.onmessage = ({ data }) => seen.push(Object.keys(JSON.parse(data).renders)[0]);
            null
            """);
        await WaitForAsync("opened === 1");
        await client.PutPostAsync("home", "a", "A");
        await WaitForAsync("seen.length === 1");

        await api.Current.KillAsync();
        await WaitForAsync("opened === 2");
        await api.KillAndRestartAsync();
        await client.PutPostAsync("home", "b", "B");

        await Assertions.Expect(tab.Locator("live-page > *")).ToHaveTextAsync(
            ["B", "A"],
            new LocatorAssertionsToHaveTextOptions { Timeout = 30_000 });
        await WaitForAsync("seen.join() === 'a,b'");

        Task WaitForAsync(string condition) => Wait.UntilAsync(() => tab.EvaluateAsync<bool>(condition), condition);
    }

    [Fact]
    public async Task Visitors_are_identified_by_their_address_and_not_by_their_headers()
    {
        using var api = await RestartableApi.StartAsync("--Limits:MaxSubscribersPerAddress=1");
        using var nginx = await NginxServer.StartAsync(api.Current.Address);
        using var first = await SubscribeAsync("127.0.0.2", "198.51.100.1", "200");
        using var second = await SubscribeAsync("127.0.0.3", "198.51.100.2", "200");
        using var again = await SubscribeAsync("127.0.0.2", "198.51.100.3", "429");

        async Task<RawHttp> SubscribeAsync(string from, string forwardedFor, string status)
        {
            var visitor = await RawHttp.ConnectAsync(nginx.Address, from: from);
            await visitor.SendAsync(
                $"GET /pages/home/events HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: {forwardedFor}\r\n\r\n");
            Assert.StartsWith($"HTTP/1.1 {status} ", await visitor.ReceiveAsync(), StringComparison.Ordinal);
            return visitor;
        }
    }

    [Fact]
    public async Task Another_machine_can_read_but_not_publish()
    {
        using var api = await RestartableApi.StartAsync();
        using var nginx = await NginxServer.StartAsync(api.Current.Address);

        Assert.Equal("200", await CurlAsync("127.0.0.2", "/pages/home"));
        Assert.Equal("403", await CurlAsync("127.0.0.2", "/pages/home/updates", "-d", "x"));
        Assert.Equal("403", await CurlAsync("127.0.0.2", "/pages/home/events", "-d", "x"));
        Assert.Equal("403", await CurlAsync("127.0.0.2", "/pages/home/posts/a", "-X", "PUT", "-d", "x"));
        Assert.Equal("403", await CurlAsync("127.0.0.2", "/pages/home/posts/a%2Fevents", "-X", "PUT", "-d", "x"));
        Assert.Equal("403", await CurlAsync("127.0.0.2", "/pages/home%2Fevents", "-X", "DELETE"));
        Assert.Equal("403", await CurlAsync("127.0.0.2", "/pages/home", "-X", "DELETE"));
        Assert.Equal(
            "404",
            await CurlAsync("127.0.0.2", "/updates", "-H", "Content-Type: application/x-ndjson", "-d", "{}"));
        Assert.Equal("201", await CurlAsync("127.0.0.1", "/pages/home/updates", "-d", "x"));
        Assert.Equal("404", await CurlAsync("127.0.0.1", "/nginx.conf"));

        async Task<string> CurlAsync(string from, string path, params string[] arguments)
        {
            var url = $"{nginx.Address}{path[1..]}";
            using var curl = Process.Start(new ProcessStartInfo(
                "curl",
                ["-s", "-o", "/dev/null", "-w", "%{http_code}", "--interface", from, .. arguments, url])
            {
                RedirectStandardOutput = true,
            })!;
            return await curl.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        }
    }
}

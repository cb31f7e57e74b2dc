using System.Diagnostics;
using System.Net;
using LiveStreams.Api.Tests.Posts;
using LiveStreams.Api.Tests.Support;
using Microsoft.Playwright;

namespace LiveStreams.Api.Tests.Proxies;

/// <summary>LiveStreams behind Debian's nginx, HAProxy and Caddy, as <c>deploy/proxies</c> configures them.</summary>
public sealed class ProxyTests(Chromium chromium)
{
    [Theory]
    [MemberData(nameof(ProxyProgram.Names), MemberType = typeof(ProxyProgram))]
    public async Task An_update_arrives_at_once_and_a_subscriber_that_reconnects_gets_what_it_missed(string name)
    {
        await using var api = await InProcessApi.StartAsync("--Store=memory");
        using var proxy = await ProxyServer.StartAsync(name, api.Address);
        using var client = new ApiClient(proxy.Address);

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

    [Theory]
    [MemberData(nameof(ProxyProgram.Names), MemberType = typeof(ProxyProgram))]
    public async Task A_browser_gets_uncompressed_events_over_HTTP_2_and_TLS_one_by_one(string name)
    {
        await using var api = await InProcessApi.StartAsync("--Store=memory");
        using var proxy = await ProxyServer.StartAsync(name, api.Address);
        using var publisher = new ApiClient(api.Address);
        using var browser = proxy.CreateHttp2Client();
        browser.DefaultRequestHeaders.Add("Accept-Encoding", "gzip, deflate, br");

        await using var first = await EventStream.OpenAsync(browser, "/pages/home/events", lastEventId: null);
        await using var second = await EventStream.OpenAsync(browser, "/pages/home/events", lastEventId: null);
        for (var n = 0; n < 5; n++)
        {
            // The next event is published when this one has arrived.
            await publisher.PublishAsync("home", $"{n}");
            Assert.Equal([$"{n}"], await first.NextDataAsync(1));
            Assert.Equal([$"{n}"], await second.NextDataAsync(1));
        }

        Assert.Equal(new Version(2, 0), first.Response.Version);
        Assert.Empty(first.Response.Content.Headers.ContentEncoding);
        Assert.Equal("text/event-stream", first.Response.Content.Headers.ContentType!.MediaType);
    }

    [Theory]
    [Trait(Tier.Name, Tier.All)]
    [MemberData(nameof(ProxyProgram.Names), MemberType = typeof(ProxyProgram))]
    public async Task Heartbeats_arrive_at_once_and_a_subscriber_that_leaves_is_released_at_once(string name)
    {
        await using var beating = await InProcessApi.StartAsync("--Store=memory", "--Subscribers:Heartbeat=00:00:01");
        await using var silent = await InProcessApi.StartAsync("--Store=memory", "--Subscribers:Heartbeat=00:10:00");
        using var proxy = await ProxyServer.StartAsync(name, beating.Address);
        using var silentProxy = await ProxyServer.StartAsync(name, silent.Address);
        using var client = new ApiClient(proxy.Address);
        using var silentClient = new ApiClient(silentProxy.Address);

        await using var stream = await client.SubscribeAsync("home");
        Assert.StartsWith("retry:", await stream.NextBlockAsync(), StringComparison.Ordinal);
        for (var beats = 0; beats < 2; beats++)
        {
            Assert.Equal(":\n\n", await stream.NextBlockAsync());
        }

        await using (await silentClient.SubscribeAsync("home"))
        {
            Assert.Equal(1, await CountAsync());
        }

        var start = TimeProvider.System.GetTimestamp();
        await Wait.UntilAsync(async () => await CountAsync() == 0, "the subscriber is released");
        Assert.InRange(TimeProvider.System.GetElapsedTime(start).TotalSeconds, 0, 20);

        async Task<int> CountAsync() =>
            (await silentClient.GetJsonAsync("/pages/home")).GetProperty("subscribers").GetInt32();
    }

    [Theory]
    [Trait(Tier.Name, Tier.All)]
    [InlineData(ProxyProgram.Nginx, "proxy_connect_timeout 1s;", "proxy_connect_timeout 1s; proxy_read_timeout 3s;")]
    [InlineData(ProxyProgram.HAProxy, "client 60s\n  timeout server 60s", "client 3s\n  timeout server 3s")]
    public async Task A_timeout_for_silence_does_not_close_a_stream_that_sends_only_heartbeats(
        string name, string documented, string real)
    {
        await using var silent = await InProcessApi.StartAsync("--Store=memory", "--Subscribers:Heartbeat=00:01:00");
        await using var beating = await InProcessApi.StartAsync("--Store=memory", "--Subscribers:Heartbeat=00:00:01");
        using var cutting = await ProxyServer.StartAsync(name, silent.Address, SetTimeout);
        using var keeping = await ProxyServer.StartAsync(name, beating.Address, SetTimeout);
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

        string SetTimeout(string configuration) => ProxyServer.Replace(configuration, documented, real);
    }

    [Theory]
    [MemberData(nameof(ProxyProgram.Names), MemberType = typeof(ProxyProgram))]
    public async Task While_no_server_responds_a_stream_tells_its_reader_to_reconnect(string name)
    {
        var nobody = new Uri($"http://127.0.0.1:{RedisServer.FreePort()}");
        using var proxy = await ProxyServer.StartAsync(name, nobody);
        using var client = new ApiClient(proxy.Address);

        for (var n = 0; n < 3; n++)
        {
            using var response = await client.GetAsync("/pages/home/events");
            var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.Equal(
                (HttpStatusCode.OK, "text/event-stream", "no-store", "retry: 3000\n\n"),
                (response.StatusCode, response.Content.Headers.ContentType!.MediaType,
                    response.Headers.CacheControl!.ToString(), body));
        }

        using var publish = await client.PostAsync("home", "x", key: "a");
        Assert.InRange((int)publish.StatusCode, 502, 504);
    }

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task The_page_and_a_plain_EventSource_resume_after_a_server_restart()
    {
        using var api = await RestartableApi.StartAsync();
        using var nginx = await ProxyServer.StartAsync(ProxyProgram.Nginx, api.Current.Address);
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

    [Theory]
    [MemberData(nameof(ProxyProgram.Names), MemberType = typeof(ProxyProgram))]
    public async Task Visitors_are_identified_by_their_address_and_not_by_their_headers(string name)
    {
        await using var api = await InProcessApi.StartAsync("--Store=memory", "--Limits:MaxSubscribersPerAddress=1");
        using var proxy = await ProxyServer.StartAsync(name, api.Address);
        using var first = await SubscribeAsync("127.0.0.2", "198.51.100.1", "200");
        using var second = await SubscribeAsync("127.0.0.3", "198.51.100.2", "200");
        using var again = await SubscribeAsync("127.0.0.2", "198.51.100.3", "429");

        async Task<RawHttp> SubscribeAsync(string from, string forwardedFor, string status)
        {
            var visitor = await RawHttp.ConnectAsync(proxy.Address, from: from);
            await visitor.SendAsync(
                $"GET /pages/home/events HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: {forwardedFor}\r\n\r\n");
            Assert.StartsWith($"HTTP/1.1 {status} ", await visitor.ReceiveAsync(), StringComparison.Ordinal);
            return visitor;
        }
    }

    [Theory]
    [MemberData(nameof(ProxyProgram.Names), MemberType = typeof(ProxyProgram))]
    public async Task Another_machine_can_read_but_not_publish(string name)
    {
        await using var api = await InProcessApi.StartAsync("--Store=memory");
        using var proxy = await ProxyServer.StartAsync(name, api.Address);

        Assert.Equal("200", await CurlAsync("127.0.0.2", "/pages/home"));
        Assert.Equal("403", await CurlAsync("127.0.0.2", "/pages/home/updates", "-d", "x"));
        Assert.Equal("403", await CurlAsync("127.0.0.2", "/pages/home/updates", "-H", "Idempotency-Key: a", "-d", "x"));
        Assert.Equal("403", await CurlAsync("127.0.0.2", "/pages/home/events", "-d", "x"));
        Assert.Equal("403", await CurlAsync("127.0.0.2", "/pages/home/posts/a", "-X", "PUT", "-d", "x"));
        Assert.Equal("403", await CurlAsync("127.0.0.2", "/pages/home/posts/a%2Fevents", "-X", "PUT", "-d", "x"));
        Assert.Equal("403", await CurlAsync("127.0.0.2", "/pages/home%2Fevents", "-X", "DELETE"));
        Assert.Equal("403", await CurlAsync("127.0.0.2", "/pages/home", "-X", "DELETE"));
        Assert.Matches(
            "403|404",
            await CurlAsync("127.0.0.2", "/updates", "-H", "Content-Type: application/x-ndjson", "-d", "{}"));
        Assert.Equal("201", await CurlAsync("127.0.0.1", "/pages/home/updates", "-d", "x"));
        Assert.Equal("201", await CurlAsync("127.0.0.1", "/pages/home/updates", "-H", "Idempotency-Key: a", "-d", "x"));
        Assert.Equal("404", await CurlAsync("127.0.0.1", "/key.pem"));

        async Task<string> CurlAsync(string from, string path, params string[] arguments)
        {
            var url = $"{proxy.Address}{path[1..]}";
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

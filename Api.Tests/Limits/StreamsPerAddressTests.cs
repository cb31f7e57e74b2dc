using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Limits;

/// <summary>The limit on event streams of one address.</summary>
public sealed class StreamsPerAddressTests
{
    private const string Here = "127.0.0.2";

    [Fact]
    public async Task A_stream_over_the_limit_is_refused_or_asked_to_reconnect_and_other_addresses_are_served()
    {
        await using var api = await StartAsync(1);
        using var open = await OpenAsync(api, Here);

        using var newcomer = await RawHttp.ConnectAsync(api.Address, from: Here);
        await newcomer.SendAsync(Get("page"));
        var refusal = await newcomer.ReceiveAsync();
        Assert.StartsWith("HTTP/1.1 429", refusal, StringComparison.Ordinal);
        Assert.Contains("\r\nRetry-After: 1\r\n", refusal, StringComparison.Ordinal);
        Assert.Contains("urn:livestreams:problem:address-full", refusal, StringComparison.Ordinal);

        using var returning = await RawHttp.ConnectAsync(api.Address, from: Here);
        await returning.SendAsync(Get("page", "Last-Event-ID: 0\r\nConnection: close\r\n"));
        Assert.Matches(
            @"(?s)^HTTP/1.1 200 .*\r\nContent-Type: text/event-stream.*retry: \d{4}\n\n",
            await returning.ReceiveToEndAsync());

        using var other = await OpenAsync(api, "127.0.0.3");
    }

    [Theory]
    [InlineData("its reader hangs up", "1.1")]
    [InlineData("its reader hangs up", "1.0")]
    [InlineData("its reader is cut off", "1.1")]
    [InlineData("its page is deleted", "1.1")]
    [InlineData("its page is deleted", "1.0")]
    [InlineData("its reader takes nothing", "1.1")]
    public async Task A_stream_counts_for_its_address_until_it_ends(string end, string http)
    {
        await using var api = await StartAsync(1, "--Subscribers:StallTimeout=00:00:02");
        using var client = new ApiClient(api.Address);
        var stream = await OpenAsync(api, Here, http);
        Assert.False(await IsServedAsync(api));
        switch (end)
        {
            case "its reader hangs up":
                stream.Dispose();
                break;
            case "its reader is cut off":
                stream.Reset();
                break;
            case "its page is deleted":
                using (var request = new HttpRequestMessage(HttpMethod.Delete, "/pages/page"))
                using (var response = await client.SendAsync(request))
                {
                    Assert.True(response.IsSuccessStatusCode);
                }

                break;
            default:
                for (var n = 0; n < 300; n++)
                {
                    await client.PublishAsync("page", new string('x', 10_000));
                }

                break;
        }

        await Wait.UntilAsync(() => IsServedAsync(api), "a free stream");
        stream.Dispose();
    }

    [Theory]
    [InlineData("/pages/ended/events", "204")]
    [InlineData("/pages/page/events?from=-x", "400")]
    public async Task A_request_that_gets_no_stream_does_not_count(string path, string status)
    {
        await using var api = await StartAsync(1);
        using var client = new ApiClient(api.Address);
        await client.PublishAsync("ended", "x");
        using (var request = new HttpRequestMessage(HttpMethod.Delete, "/pages/ended"))
        using (await client.SendAsync(request))
        {
        }

        for (var i = 0; i < 3; i++)
        {
            using var raw = await RawHttp.ConnectAsync(api.Address, from: Here);
            await raw.SendAsync($"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            Assert.StartsWith($"HTTP/1.1 {status}", await raw.ReceiveToEndAsync(), StringComparison.Ordinal);
        }

        Assert.True(await IsServedAsync(api));
    }

    [Fact]
    public async Task Thousands_of_aborted_streams_leave_no_stream_counted()
    {
        await using var api = await StartAsync(50);
        for (var round = 0; round < 20; round++)
        {
            var readers = await Task.WhenAll(Enumerable.Range(0, 100).Select(async n =>
            {
                var reader = await RawHttp.ConnectAsync(api.Address, from: Here);
                await reader.SendAsync(Get($"page{n % 7}"));
                return reader;
            }));
            foreach (var reader in readers)
            {
                reader.Reset();
            }
        }

        using var client = new ApiClient(api.Address);
        await Wait.UntilAsync(() => IsServedAsync(api, streams: 50), "fifty free streams");
        Assert.True(!api.Output.Contains("fail:", StringComparison.Ordinal), api.Output);
    }

    [Theory]
    [InlineData("127.0.0.2", "127.0.0.0/8", "198.51.100.1", "198.51.100.2", true)]
    [InlineData("127.0.0.2", "127.0.0.0/8", "198.51.100.1, 203.0.113.1", "198.51.100.2, 203.0.113.1", false)]
    [InlineData(
        "127.0.0.2", "127.0.0.0/8, 203.0.113.1", "198.51.100.1, 203.0.113.1", "198.51.100.2, 203.0.113.1", true)]
    [InlineData("127.0.0.2", "127.0.0.0/8", "2001:db8:1:2::1", "2001:db8:1:2::2", false)]
    [InlineData("127.0.0.2", "127.0.0.0/8", "2001:db8:1:2::1", "2001:db8:1:3::1", true)]
    [InlineData("127.0.0.2", "127.0.0.2", "198.51.100.1", "198.51.100.2", true)]
    [InlineData("127.0.0.2", "127.0.0.1", "198.51.100.1", "198.51.100.2", false)]
    [InlineData("127.0.0.2", "", "198.51.100.1", "198.51.100.2", false)]
    [InlineData("127.0.0.2", null, "198.51.100.1", "198.51.100.2", true)]
    public async Task X_Forwarded_For_is_trusted_up_to_the_first_address_that_is_no_trusted_proxy(
        string peer, string? trusted, string firstVisitor, string secondVisitor, bool areTwo)
    {
        await using var api = await StartAsync(1, trusted is null ? [] : [$"--Proxies:Trusted={trusted}"]);
        using var first = await RawHttp.ConnectAsync(api.Address, from: peer);
        await first.SendAsync(Get("page", $"X-Forwarded-For: {firstVisitor}\r\n"));
        Assert.StartsWith("HTTP/1.1 200", await first.ReceiveAsync(), StringComparison.Ordinal);

        using var second = await RawHttp.ConnectAsync(api.Address, from: peer);
        await second.SendAsync(Get("page", $"X-Forwarded-For: {secondVisitor}\r\n"));
        Assert.StartsWith(
            areTwo ? "HTTP/1.1 200" : "HTTP/1.1 429", await second.ReceiveAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "--Proxies:Trusted=10.0.0.0/33",
        "Proxies:Trusted has '10.0.0.0/33', which is neither an address nor a network like 10.0.0.0/8.")]
    [InlineData(
        "--Proxies:Trusted=proxy.example",
        "Proxies:Trusted has 'proxy.example', which is neither an address nor a network like 10.0.0.0/8.")]
    [InlineData("--Proxies:Trust=10.0.0.1", "Proxies:Trust is not a setting; Proxies has Trusted.")]
    public async Task An_invalid_proxy_address_stops_the_start(string setting, string sentence) =>
        Assert.Equal((1, sentence), await InProcessApi.FailAsync("--Store=memory", setting));

    private static Task<InProcessApi> StartAsync(int streams, params string[] settings) =>
        InProcessApi.StartAsync(["--Store=memory", $"--Limits:MaxSubscribersPerAddress={streams}", .. settings]);

    private static string Get(string page, string headers = "", string http = "1.1") =>
        $"GET /pages/{page}/events HTTP/{http}\r\nHost: x\r\n{headers}\r\n";

    private static async Task<RawHttp> OpenAsync(InProcessApi api, string from, string http = "1.1")
    {
        var stream = await RawHttp.ConnectAsync(api.Address, receiveBuffer: 4096, from);
        await stream.SendAsync(Get("page", http: http));
        Assert.StartsWith("HTTP/1.1 200", await stream.ReceiveAsync(), StringComparison.Ordinal);
        return stream;
    }

    private static async Task<bool> IsServedAsync(InProcessApi api, int streams = 1)
    {
        var served = 0;
        var tries = new List<RawHttp>();
        for (var i = 0; i < streams; i++)
        {
            tries.Add(await RawHttp.ConnectAsync(api.Address, from: Here));
            await tries[i].SendAsync(Get("another"));
            served += (await tries[i].ReceiveAsync()).StartsWith("HTTP/1.1 200", StringComparison.Ordinal) ? 1 : 0;
        }

        tries.ForEach(stream => stream.Dispose());
        return served == streams;
    }
}

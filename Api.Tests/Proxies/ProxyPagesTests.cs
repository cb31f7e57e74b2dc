using System.Net;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Proxies;

/// <summary>Streams of several pages, and the list of pages, behind the proxies of <c>deploy/proxies</c>.</summary>
public sealed class ProxyPagesTests
{
    private const string Outside = "127.0.0.2";

    /// <summary>The largest list of pages.</summary>
    private const int MaxListBytes = 256 * 1024;

    private static readonly string[] _pages = [.. Enumerable.Range(0, 99).Select(n => $"{new string('p', 190)}{n}")];

    [Theory]
    [Trait(Tier.Name, Tier.All)]
    [MemberData(nameof(ProxyProgram.Names), MemberType = typeof(ProxyProgram))]
    public async Task Streams_of_several_pages_arrive_one_by_one_by_GET_and_by_POST(string name)
    {
        await using var api = await InProcessApi.StartAsync("--Store=memory");
        using var proxy = await ProxyServer.StartAsync(name, api.Address);
        using var publisher = new ApiClient(api.Address);
        using var client = new ApiClient(proxy.Address);
        using var browser = proxy.CreateHttp2Client();
        browser.DefaultRequestHeaders.Add("Accept-Encoding", "gzip, deflate, br");
        string[] few = ["home", "away/today"];
        EventStream[] streams =
        [
            await client.SubscribeToPagesAsync(few), await client.PostToPagesAsync(few),
            await client.PostToPagesAsync([.. few[..1], .. _pages], MaxListBytes),
            await EventStream.OpenAsync(browser, ApiClient.EventsPathOf(few), lastEventId: null),
            await EventStream.PostAsync(browser, few), await EventStream.PostAsync(browser, few, MaxListBytes),
        ];

        for (var n = 0; n < 5; n++)
        {
            // The next event is published when this one has arrived.
            await publisher.PublishAsync("home", $"{n}");
            foreach (var stream in streams)
            {
                Assert.Equal($"{n}", (await stream.NextPageEventAsync()).Data);
                Assert.Empty(stream.Response.Content.Headers.ContentEncoding);
            }
        }

        foreach (var stream in streams)
        {
            await stream.DisposeAsync();
        }

        await Wait.UntilAsync(() => api.Feeds.SubscriberCount == 0, "the subscribers are released");
    }

    [Theory]
    [MemberData(nameof(ProxyProgram.Names), MemberType = typeof(ProxyProgram))]
    public async Task Another_machine_reads_several_pages_and_their_list_and_changes_nothing_there(string name)
    {
        await using var api = await InProcessApi.StartAsync("--Store=memory");
        using var proxy = await ProxyServer.StartAsync(name, api.Address);
        const string List = """{"pages":["home"]}""";

        Assert.StartsWith("HTTP/1.1 200 ", await SendAsync("GET", "/events?page=home"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200 ", await SendAsync("POST", "/events", List), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200 ", await SendAsync("GET", "/pages?limit=1"), StringComparison.Ordinal);
        foreach (var (method, path) in new[]
        {
            ("PUT", "/events"), ("DELETE", "/events"), ("POST", "/pages"), ("POST", "/events/"), ("POST", "/Events"),
            ("POST", "/pages/home/updates?/events"), ("POST", "/pages/x/../../events"), ("POST", "/updates"),
        })
        {
            Assert.Matches("^HTTP/1.1 40[345] ", await SendAsync(method, path, List));
        }

        async Task<string> SendAsync(string method, string path, string body = "")
        {
            using var raw = await RawHttp.ConnectAsync(proxy.Address, from: Outside);
            await raw.SendAsync(
                $"{method} {path} HTTP/1.1\r\nHost: {proxy.Address.Authority}\r\nContent-Type: application/json\r\n"
                + $"Content-Length: {body.Length}\r\n\r\n{body}");
            return await raw.ReceiveAsync();
        }
    }

    [Theory]
    [MemberData(nameof(ProxyProgram.Names), MemberType = typeof(ProxyProgram))]
    public async Task While_no_server_responds_a_stream_of_several_pages_tells_its_reader_to_reconnect(string name)
    {
        var nobody = new Uri($"http://127.0.0.1:{RedisServer.FreePort()}");
        using var proxy = await ProxyServer.StartAsync(name, nobody);
        using var client = new ApiClient(proxy.Address);

        await using var stream = await client.SubscribeToPagesAsync(["home"]);
        await using var listed = await client.PostToPagesAsync(["home"]);
        foreach (var each in new[] { stream, listed })
        {
            Assert.Equal(HttpStatusCode.OK, each.Response.StatusCode);
            Assert.Equal("text/event-stream", each.Response.Content.Headers.ContentType!.MediaType);
            Assert.Equal("retry: 3000\n\n", await each.NextBlockAsync());
        }

        using var pages = await client.GetAsync("/pages");
        Assert.InRange((int)pages.StatusCode, 502, 504);
    }
}

using System.Text.Json;
using LiveStreams.Api.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace LiveStreams.Api.Tests.Limits;

/// <summary>What the server holds for readers that do not read what they have asked for.</summary>
public sealed class UnreadResponseTests
{
    private const int PostBytes = 64 * 1024;
    private const int Posts = 60;
    private const int PieceBytes = 16 * 1024;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/pages/home/posts", Posts * PostBytes, 4096)]
    [InlineData("/pages/home/updates?limit=1000", PostBytes, 4096)]
    [InlineData("/pages/home/events?snapshot=true", Posts * PostBytes, 0)]
    public async Task Fifty_slow_readers_share_one_copy(string path, int size, int minPieceBytes)
    {
        const int Readers = 50;
        await using var api = await StartAsync();
        var readers = new List<RawHttp>();
        for (var i = 0; i < Readers; i++)
        {
            readers.Add(await RawHttp.ConnectAsync(api.Address, receiveBuffer: 4096));
            await readers[^1].SendAsync($"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        }

        if (size > PostBytes)
        {
            await Wait.UntilAsync(() => api.Feeds.Unsent.HeldBytes >= size + (Readers * minPieceBytes), "all wait");
            Assert.Equal(1, api.Feeds.Snapshots.Versions);
        }

        Assert.InRange(api.Feeds.Unsent.HeldBytes, 0, size + (256 * 1024) + (Readers * PieceBytes));
        foreach (var reader in readers)
        {
            reader.Dispose();
        }

        await Wait.UntilAsync(
            () => api.Feeds.Unsent.HeldBytes == 0 && api.Feeds.Snapshots.Versions == 0,
            "everything is released");
    }

    [Theory]
    [InlineData("/pages/home/posts", Posts * PostBytes)]
    [InlineData("/pages/home/updates?limit=1000", PostBytes)]
    public async Task A_hundred_requests_on_one_HTTP2_connection_share_one_copy(string path, int size)
    {
        const int Requests = 100;
        await using var api = await StartAsync("--Kestrel:EndpointDefaults:Protocols=Http2");
        using var connection = await UnreadHttp2.ConnectAsync(api.Address);
        for (var i = 0; i < Requests; i++)
        {
            await connection.GetAsync(path);
        }

        var held = size + (Requests * PieceBytes);
        await Wait.UntilAsync(() => api.Feeds.Unsent.HeldBytes >= held, "all wait");
        Assert.InRange(api.Feeds.Unsent.HeldBytes, held, held + (512 * 1024));
        connection.Dispose();
        await Wait.UntilAsync(() => api.Feeds.Unsent.HeldBytes == 0, "everything is released");
    }

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task A_slow_reader_receives_everything_when_it_reads()
    {
        await using var api = await StartAsync();
        using var client = new ApiClient(api.Address);
        var expected = await client.GetJsonAsync("/pages/home/posts");
        using var slow = await RawHttp.ConnectAsync(api.Address, receiveBuffer: 4096);
        await slow.SendAsync("GET /pages/home/posts HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        await Wait.UntilAsync(() => api.Feeds.Unsent.HeldBytes > 0, "the reader is slow");

        var response = await slow.ReceiveToEndAsync();

        var body = new ChunkDecoder().Decode(response[(response.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]);
        Assert.True(JsonElement.DeepEquals(expected, JsonDocument.Parse(body).RootElement));
        await Wait.UntilAsync(() => api.Feeds.Snapshots.Versions == 0, "the posts are released");
    }

    [Theory]
    [InlineData("/pages/home/posts")]
    [InlineData("/pages/home/events?snapshot=true")]
    public async Task A_reader_that_takes_nothing_is_cut_after_the_stall_timeout(string path)
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var api = await StartAsync(time);
        using var slow = await RawHttp.ConnectAsync(api.Address, receiveBuffer: 4096);
        await slow.SendAsync($"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        await Wait.UntilAsync(() => api.Feeds.Unsent.HeldBytes > 0, "the reader is slow");

        await Wait.UntilAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return api.Feeds.Unsent.StallCuts == 1;
            },
            "the reader is cut");
        await Wait.UntilAsync(() => api.Feeds.Unsent.HeldBytes == 0, "everything is released");
    }

    [Fact]
    public async Task Readers_above_the_limit_of_an_address_are_cut_and_the_start_of_it_is_logged_once()
    {
        await using var api = await StartAsync("--Limits:MaxUnsentBytesPerAddress=4194304");
        var readers = new List<RawHttp>();

        // Those that ask while a reader is being cut are refused.
        await Wait.UntilAsync(
            async () =>
            {
                readers.Add(await RawHttp.ConnectAsync(api.Address, receiveBuffer: 4096));
                await readers[^1].SendAsync("GET /pages/home/posts HTTP/1.1\r\nHost: localhost\r\n\r\n");
                return api.Feeds.Unsent.BudgetCuts > 10;
            },
            "the slowest are cut");
        await Wait.UntilAsync(
            () => api.Output.Contains("Disconnecting slow readers", StringComparison.Ordinal),
            "it is logged");
        Assert.InRange(api.Feeds.Unsent.HeldBytes, 0, 6 * 1024 * 1024);

        // Another address is served.
        using var other = await RawHttp.ConnectAsync(api.Address, from: "127.0.0.2");
        await other.SendAsync("GET /pages/home/posts HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200", await other.ReceiveToEndAsync(), StringComparison.Ordinal);
        Assert.Equal(2, api.Output.Split("Disconnecting slow readers").Length);
        foreach (var reader in readers)
        {
            reader.Dispose();
        }
    }

    [Fact]
    public async Task Above_the_limit_of_an_address_it_gets_nothing_large_until_the_bytes_are_released()
    {
        await using var api = await StartAsync("--Limits:MaxUnsentBytesPerAddress=1048576");
        using var client = new ApiClient(api.Address);

        // It waits alone, so it is not cut.
        using var slow = await RawHttp.ConnectAsync(api.Address, receiveBuffer: 4096);
        await slow.SendAsync("GET /pages/home/posts HTTP/1.1\r\nHost: localhost\r\n\r\n");
        await Wait.UntilAsync(() => api.Feeds.Unsent.HeldBytes > 1024 * 1024, "the reader is slow");

        foreach (var path in (string[])["posts", "updates", "events?snapshot=true", "events?from=earliest"])
        {
            using var refused = await client.GetAsync($"/pages/home/{path}");
            Assert.Equal(503, (int)refused.StatusCode);
            Assert.NotNull(refused.Headers.RetryAfter);
            var problem = await ApiClient.JsonAsync(refused);
            Assert.Equal("urn:livestreams:problem:unsent-full", problem.GetProperty("type").GetString());
        }

        using var resumed = await client.GetAsync("/pages/home/events?lastEventId=0");
        Assert.Matches(@"^retry: [0-9]+\n\n$", await resumed.Content.ReadAsStringAsync(Ct));
        await using (var live = await client.SubscribeAsync("home"))
        {
            Assert.Equal(200, (int)live.Response.StatusCode);
        }

        slow.Dispose();
        await Wait.UntilAsync(() => api.Feeds.Unsent.HeldBytes == 0, "everything is released");
        Assert.Equal(Posts, (await client.GetJsonAsync("/pages/home/posts")).GetProperty("posts").GetArrayLength());
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("1.0")]
    public async Task A_slow_stream_receives_large_updates_whole(string http)
    {
        await using var api = await InProcessApi.StartAsync(["--Store=memory", .. ServerProcess.Unthrottled]);
        using var client = new ApiClient(api.Address);
        using var slow = await StoppedReader.OpenAsync(api.Address, "page", http);
        var expected = new List<string>();
        for (var n = 0; n < 20; n++)
        {
            expected.Add($"{n} ".PadRight(n % 3 == 0 ? 100 : 200_000, (char)('a' + n)));
            await client.PublishAsync("page", expected[^1]);
        }

        await Wait.UntilAsync(() => api.Feeds.Unsent.HeldBytes > 0, "the reader is slow");
        var text = "";
        while (text.Split("\n\n").Length <= expected.Count)
        {
            text += await slow.ReceiveAsync();
        }

        Assert.Equal(
            expected,
            text.Split("\n\n")[..^1].Select(item => item.Split("\ndata: ")[1]));
    }

    private static Task<InProcessApi> StartAsync(params string[] settings) => StartAsync(null, settings);

    // A page with almost 4 MiB of posts.
    private static async Task<InProcessApi> StartAsync(TimeProvider? time, params string[] settings)
    {
        var api = await InProcessApi.StartAsync(
            ["--Store=memory", .. ServerProcess.Unthrottled, .. settings], time);
        using var http = new HttpClient
        {
            BaseAddress = api.Address,
            DefaultRequestVersion = Version.Parse(settings.Any(IsHttp2) ? "2.0" : "1.1"),
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        for (var n = 0; n < Posts; n++)
        {
            using var response = await http.PutAsync(
                $"/pages/home/posts/{n}", new StringContent(new string('x', PostBytes)), Ct);
            Assert.True(response.IsSuccessStatusCode);
        }

        return api;
    }

    private static bool IsHttp2(string setting) => setting.EndsWith("=Http2", StringComparison.Ordinal);
}

using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Limits;

/// <summary>What a request may hold, and how long it may take.</summary>
public sealed class RequestLimitTests(RequestLimitTests.Server api) : IClassFixture<RequestLimitTests.Server>
{
    /// <summary>2 bytes a second, where 240 are the least.</summary>
    private static readonly TimeSpan _betweenDrops = TimeSpan.FromSeconds(0.5);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static readonly TheoryData<string, string> DrippedBodies = new(
        new TheoryDataRow<string, string>("/pages/dripped/updates", ""),
        new TheoryDataRow<string, string>("/pages/dripped/posts/a", "").WithTrait(Tier.Name, Tier.All),
        new TheoryDataRow<string, string>("/updates", "Content-Type: application/x-ndjson\r\n")
            .WithTrait(Tier.Name, Tier.All));

    [Theory]
    [MemberData(nameof(DrippedBodies))]
    public async Task A_body_that_drips_is_cut_off_and_publishes_nothing(string path, string headers)
    {
        var method = path.Contains("posts", StringComparison.Ordinal) ? "PUT" : "POST";
        using var raw = await RawHttp.ConnectAsync(api.Server.Address);
        await raw.SendAsync($"{method} {path} HTTP/1.1\r\nHost: x\r\n{headers}Content-Length: 1000\r\n\r\n{{\"page\":\"dripped\",\"data\":1}}\n");
        using var answered = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var dripping = DripAsync(raw, " ", answered.Token);
        var answer = await raw.ReceiveToEndAsync();
        await answered.CancelAsync();
        await dripping;

        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
        Assert.Contains("urn:livestreams:problem:body", answer, StringComparison.Ordinal);
        Assert.Equal("0", (await api.Client.GetJsonAsync("/pages/dripped")).GetProperty("head").GetString());
    }

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task Headers_that_drip_are_cut_off()
    {
        using var raw = await RawHttp.ConnectAsync(api.Server.Address);
        await raw.SendAsync("GET /pages/home HTTP/1.1\r\nHost: x\r\nX: ");
        using var answered = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var dripping = DripAsync(raw, "x", answered.Token);
        var start = TimeProvider.System.GetTimestamp();
        var answer = await raw.ReceiveToEndAsync();
        var took = TimeProvider.System.GetElapsedTime(start);
        await answered.CancelAsync();
        await dripping;

        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
        Assert.InRange(took.TotalSeconds, 9, 20);
    }

    [Theory]
    [InlineData("Content-Length: 1073741824\r\n", "")]
    [InlineData("Transfer-Encoding: chunked\r\n", "40000000\r\n")]
    public async Task A_body_of_a_gigabyte_is_refused_before_it_has_arrived(string header, string begin)
    {
        const int Sent = 400_000;
        using var raw = await RawHttp.ConnectAsync(api.Server.Address);
        await raw.SendAsync($"POST /pages/large/updates HTTP/1.1\r\nHost: x\r\n{header}\r\n{begin}");
        if (begin.Length > 0)
        {
            await raw.SendAsync(new string('x', Sent));
        }

        var answer = await raw.ReceiveAsync();
        Assert.StartsWith("HTTP/1.1 413 ", answer, StringComparison.Ordinal);
        Assert.Contains("urn:livestreams:problem:too-large", answer, StringComparison.Ordinal);
        Assert.Equal("0", (await api.Client.GetJsonAsync("/pages/large")).GetProperty("head").GetString());
    }

    [Theory]
    [InlineData(8_000, 0, 0, "200")]
    [InlineData(9_000, 0, 0, "414")]
    [InlineData(0, 50, 300, "200")]
    [InlineData(0, 60, 300, "431")]
    [InlineData(0, 1, 17_000, "431")]
    [InlineData(0, 101, 1, "431")]
    public async Task The_request_line_and_the_headers_are_bounded(int queryBytes, int headers, int headerBytes, string status)
    {
        using var raw = await RawHttp.ConnectAsync(api.Server.Address);
        var fields = string.Concat(Enumerable.Range(0, headers).Select(n => $"X-{n}: {new string('x', headerBytes)}\r\n"));
        await raw.SendAsync($"GET /pages/home?{new string('q', queryBytes)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{fields}\r\n");
        Assert.StartsWith($"HTTP/1.1 {status} ", await raw.ReceiveToEndAsync(), StringComparison.Ordinal);
    }

    // Until it is told to stop, or the server has hung up.
    private static async Task DripAsync(RawHttp raw, string drop, CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(_betweenDrops, TimeProvider.System);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping))
            {
                await raw.SendAsync(drop);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or System.Net.Sockets.SocketException)
        {
            // As it should be.
        }
    }

    public sealed class Server : SharedApi
    {
        protected override string[] Settings => ["--Store=memory"];
    }
}

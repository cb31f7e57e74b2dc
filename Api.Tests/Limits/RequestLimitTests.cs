using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Limits;

/// <summary>Limits on the size and the duration of a request.</summary>
public sealed class RequestLimitTests(RequestLimitTests.Server api) : IClassFixture<RequestLimitTests.Server>
{
    /// <summary>2 bytes a second. The server requires 240.</summary>
    private static readonly TimeSpan _dripInterval = TimeSpan.FromSeconds(0.5);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static readonly TheoryData<string, string> SlowBodies = new(
        new TheoryDataRow<string, string>("/pages/dripped/updates", ""),
        new TheoryDataRow<string, string>("/pages/dripped/posts/a", "").WithTrait(Tier.Name, Tier.All),
        new TheoryDataRow<string, string>("/updates", "Content-Type: application/x-ndjson\r\n")
            .WithTrait(Tier.Name, Tier.All));

    [Theory]
    [Trait(Tier.Name, Tier.All)]
    [MemberData(nameof(SlowBodies))]
    public async Task A_body_that_arrives_too_slowly_is_cut_off_and_publishes_nothing(string path, string headers)
    {
        var method = path.Contains("posts", StringComparison.Ordinal) ? "PUT" : "POST";
        using var raw = await RawHttp.ConnectAsync(api.Server.Address);
        await raw.SendAsync(
            $"{method} {path} HTTP/1.1\r\nHost: x\r\n{headers}Content-Length: 1000\r\n\r\n"
            + "{\"page\":\"dripped\",\"data\":1}\n");
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var sending = SendSlowlyAsync(raw, " ", stopping.Token);
        var response = await raw.ReceiveToEndAsync();
        await stopping.CancelAsync();
        await sending;

        Assert.StartsWith("HTTP/1.1 408 ", response, StringComparison.Ordinal);
        Assert.Contains("urn:livestreams:problem:body", response, StringComparison.Ordinal);
        Assert.Equal("0", (await api.Client.GetJsonAsync("/pages/dripped")).GetProperty("head").GetString());
    }

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task Headers_that_arrive_too_slowly_are_cut_off()
    {
        using var raw = await RawHttp.ConnectAsync(api.Server.Address);
        await raw.SendAsync("GET /pages/home HTTP/1.1\r\nHost: x\r\nX: ");
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var sending = SendSlowlyAsync(raw, "x", stopping.Token);
        var start = TimeProvider.System.GetTimestamp();
        var response = await raw.ReceiveToEndAsync();
        var took = TimeProvider.System.GetElapsedTime(start);
        await stopping.CancelAsync();
        await sending;

        Assert.StartsWith("HTTP/1.1 408 ", response, StringComparison.Ordinal);
        Assert.InRange(took.TotalSeconds, 9, 20);
    }

    [Theory]
    [InlineData("Content-Length: 1073741824\r\n", "")]
    [InlineData("Transfer-Encoding: chunked\r\n", "40000000\r\n")]
    public async Task A_body_of_a_gigabyte_is_refused_before_it_arrives(string header, string begin)
    {
        const int Sent = 400_000;
        using var raw = await RawHttp.ConnectAsync(api.Server.Address);
        await raw.SendAsync($"POST /pages/large/updates HTTP/1.1\r\nHost: x\r\n{header}\r\n{begin}");
        if (begin.Length > 0)
        {
            await raw.SendAsync(new string('x', Sent));
        }

        var response = await raw.ReceiveAsync();
        Assert.StartsWith("HTTP/1.1 413 ", response, StringComparison.Ordinal);
        Assert.Contains("urn:livestreams:problem:too-large", response, StringComparison.Ordinal);
        Assert.Equal("0", (await api.Client.GetJsonAsync("/pages/large")).GetProperty("head").GetString());
    }

    [Theory]
    [InlineData(8_000, 0, 0, "200")]
    [InlineData(9_000, 0, 0, "414")]
    [InlineData(0, 50, 300, "200")]
    [InlineData(0, 60, 300, "431")]
    [InlineData(0, 1, 17_000, "431")]
    [InlineData(0, 101, 1, "431")]
    public async Task The_request_line_and_the_headers_have_size_limits(
        int queryBytes, int headers, int headerBytes, string status)
    {
        using var raw = await RawHttp.ConnectAsync(api.Server.Address);
        var fields = string.Concat(
            Enumerable.Range(0, headers).Select(n => $"X-{n}: {new string('x', headerBytes)}\r\n"));
        await raw.SendAsync(
            $"GET /pages/home?{new string('q', queryBytes)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{fields}\r\n");
        Assert.StartsWith($"HTTP/1.1 {status} ", await raw.ReceiveToEndAsync(), StringComparison.Ordinal);
    }

    // Sends until it is cancelled, or the server has closed the connection.
    private static async Task SendSlowlyAsync(RawHttp raw, string text, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(_dripInterval, TimeProvider.System);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                await raw.SendAsync(text);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or System.Net.Sockets.SocketException)
        {
            // Both are the expected end.
        }
    }

    public sealed class Server : SharedApi
    {
        protected override string[] Settings => ["--Store=memory"];
    }
}

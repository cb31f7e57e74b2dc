using System.Net;
using System.Security.Cryptography.X509Certificates;
using LiveStreams.Api.Tests.Support;

namespace LiveStreams.Api.Tests.Subscribe;

/// <summary>A stream at the level of its connection: chunks, heartbeats, HTTP versions and TLS.</summary>
public sealed class StreamConnectionTests
{
    [Fact]
    public async Task A_stream_ends_with_a_complete_chunk_when_the_server_stops()
    {
        using var server = await ServerProcess.StartAsync();
        using var client = new ApiClient(server.Address);
        using var raw = await RawHttp.ConnectAsync(server.Address);
        await raw.SendAsync("GET /pages/home/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
        var response = await ReceiveUntilAsync(raw, "id: 0\n\n");
        await client.PublishAsync("home", "one");
        response += await ReceiveUntilAsync(raw, "data: one\n\n");

        server.Terminate();
        response += await raw.ReceiveToEndAsync();

        var (headers, body) = Split(response);
        Assert.Contains("Transfer-Encoding: chunked", headers, StringComparison.Ordinal);
        Assert.Contains("Connection: close", headers, StringComparison.Ordinal);
        var chunks = new ChunkDecoder();
        Assert.Matches(@"^retry: 2000\n: live\nid: 0\n\nid: \S+-1\ndata: one\n\nretry: \d+\n\n$", chunks.Decode(body));
        Assert.True(chunks.HasEnded);
    }

    [Theory]
    [InlineData("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n", "Healthy", "")]
    [InlineData("", "", "Content-Length: 5\r\n")]
    public async Task A_reused_connection_or_a_request_with_a_body_receives_the_stream_too(
        string before,
        string expected,
        string header)
    {
        await using var server = await InProcessApi.StartAsync();
        using var client = new ApiClient(server.Address);
        using var raw = await RawHttp.ConnectAsync(server.Address);
        await raw.SendAsync(before);
        await ReceiveUntilAsync(raw, expected);
        await raw.SendAsync($"GET /pages/home/events HTTP/1.1\r\nHost: localhost\r\n{header}\r\n");
        await ReceiveUntilAsync(raw, "id: 0\n\n");

        await client.PublishAsync("home", "one");

        await ReceiveUntilAsync(raw, "data: one\n\n");
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Updates_arrive_complete_and_in_order_over_TLS(string version)
    {
        using var certificate = TestCertificate.Create();
        await using var server = await InProcessApi.StartAsync(
            "--urls=https://127.0.0.1:0",
            $"--Kestrel:Certificates:Default:Path={certificate.CertificatePath}",
            $"--Kestrel:Certificates:Default:KeyPath={certificate.KeyPath}");
        using var trusted = X509Certificate2.CreateFromPem(
            await File.ReadAllTextAsync(certificate.CertificatePath, TestContext.Current.CancellationToken));
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback =
            (_, presented, _, _) => presented!.GetCertHashString() == trusted.Thumbprint;
        using var http = new HttpClient(handler)
        {
            BaseAddress = server.Address,
            DefaultRequestVersion = Version.Parse(version),
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        await using var stream = await EventStream.OpenAsync(http, "/pages/home/events", lastEventId: null);
        Assert.Equal(Version.Parse(version), stream.Response.Version);

        for (var i = 0; i < 50; i++)
        {
            using var published = await http.PostAsync(
                "/pages/home/updates",
                new StringContent($"{i}"),
                TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.Created, published.StatusCode);
        }

        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"{i}"), await stream.NextDataAsync(50));
    }

    [Fact]
    public async Task A_stream_without_updates_sends_comments()
    {
        await using var process = await InProcessApi.StartAsync("--Store=memory", "--Subscribers:Heartbeat=00:00:01");
        using var client = new ApiClient(process.Address);
        await using var stream = await client.SubscribeAsync("page");
        await stream.NextBlockAsync();

        Assert.Equal(":\n\n", await stream.NextBlockAsync());
        Assert.Equal(":\n\n", await stream.NextBlockAsync());
    }

    private static (string Headers, string Body) Split(string response)
    {
        var end = response.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
        return (response[..end], response[end..]);
    }

    private static async Task<string> ReceiveUntilAsync(RawHttp raw, string text)
    {
        var received = "";
        while (!received.Contains(text, StringComparison.Ordinal))
        {
            var part = await raw.ReceiveAsync();
            Assert.NotEmpty(part);
            received += part;
        }

        return received;
    }
}

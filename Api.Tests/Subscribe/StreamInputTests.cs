using System.Net;
using System.Net.Sockets;
using System.Text;
using LiveStreams.Api.Tests.Fuzz;
using LiveStreams.Api.Tests.Support;
using LiveStreams.Api.Tests.Tls;

namespace LiveStreams.Api.Tests.Subscribe;

/// <summary>A client has nothing to send during its event stream. What it sends cuts the stream.</summary>
public sealed class StreamInputTests
{
    private const int Streams = 200;
    private const int SentBytes = 1024 * 1024;

    /// <summary>Before, Kestrel kept 1 MiB for each stream.</summary>
    private const int MaxGrowthBytes = 40 * 1024 * 1024;

    private static readonly byte[] _piece = new byte[16 * 1024];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("1.1", "")]
    [InlineData("1.0", "")]
    [InlineData("1.1", "Content-Length: 5\r\n")]
    public async Task A_stream_is_cut_by_the_first_byte_that_its_client_sends(string http, string header)
    {
        await using var server = await InProcessApi.StartAsync("--Store=memory");
        using var client = new ApiClient(server.Address);
        using var raw = await OpenRawAsync(server, http, $"{header}\r\n");

        await raw.SendAsync("x");

        Assert.Equal("", await raw.ReceiveToEndAsync());
        await Wait.UntilAsync(async () => await CountAsync(client) == 0, "the stream has ended");
    }

    [Theory]
    [InlineData("1.1", "Content-Length: 18\r\n\r\n{\"pages\":[\"home\"]}", "")]
    [InlineData("1.0", "Content-Length: 18\r\n\r\n{\"pages\":[\"home\"]}", "")]
    [InlineData("1.1", "Transfer-Encoding: chunked\r\n\r\n12\r\n{\"pages\":[\"home\"]}\r\n0\r\n\r\n", "")]
    [InlineData("1.1", "Content-Length: 18\r\n\r\n{\"pages\":[\"home\"]}", "\r\n")]
    public async Task A_stream_whose_list_of_pages_was_a_body_is_cut_by_what_its_client_sends_after_that(
        string http, string rest, string lineEnd)
    {
        await using var server = await InProcessApi.StartAsync("--Store=memory");
        using var client = new ApiClient(server.Address);
        using var raw = await RawHttp.ConnectAsync(server.Address);
        await raw.SendAsync($"POST /events HTTP/{http}\r\nHost: x\r\nContent-Type: application/json\r\n{rest}");
        await ReadUntilAsync(raw, ": live\n");
        await raw.SendAsync(lineEnd);
        await client.PublishAsync("home", "one");
        await ReadUntilAsync(raw, "\"data\":\"one\"");

        await raw.SendAsync("x");

        Assert.DoesNotContain("0\r\n\r\n", await raw.ReceiveToEndAsync(), StringComparison.Ordinal);
        await Wait.UntilAsync(async () => await CountAsync(client) == 0, "the stream has ended");
    }

    [Fact]
    public async Task A_request_that_was_sent_together_with_the_one_for_a_stream_cuts_it()
    {
        await using var server = await InProcessApi.StartAsync("--Store=memory");
        using var raw = await RawHttp.ConnectAsync(server.Address);
        await raw.SendAsync(
            "GET /pages/home/events HTTP/1.1\r\nHost: x\r\n\r\nGET /health/live HTTP/1.1\r\nHost: x\r\n\r\n");

        var received = await raw.ReceiveToEndAsync();

        Assert.DoesNotContain("Healthy", received, StringComparison.Ordinal);
        Assert.DoesNotContain("\r\n0\r\n\r\n", received, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\r\n", "")]
    [InlineData("", "\r\n")]
    [InlineData("\n", "")]
    public async Task A_line_end_after_the_request_does_not_cut_the_stream(string with, string after)
    {
        await using var server = await InProcessApi.StartAsync("--Store=memory");
        using var client = new ApiClient(server.Address);
        using var raw = await OpenRawAsync(server, "1.1", $"\r\n{with}");
        await raw.SendAsync(after);

        await client.PublishAsync("home", "one");

        Assert.Contains("data: one\n\n", await raw.ReceiveAsync(), StringComparison.Ordinal);
        await raw.SendAsync("\r\n");
        Assert.Equal("", await raw.ReceiveToEndAsync());
    }

    [Fact]
    public async Task Two_hundred_streams_that_are_sent_a_megabyte_each_are_cut_and_memory_stays()
    {
        using var server = await ServerProcess.StartAsync("--Store=memory");
        using var client = new ApiClient(server.Address);
        var before = await ServerResources.MeasureMemoryAsync(server);
        var streams = new List<Stream>();
        for (var i = 0; i < Streams; i++)
        {
            var stream = await ConnectAsync(server.Address);
            await OpenAsync(stream, server.Address);
            streams.Add(stream);
        }

        await Task.WhenAll(streams.Select(SendAsync)).BoundedAsync();

        await Wait.UntilAsync(async () => await CountAsync(client) == 0, "all streams have ended");
        Assert.InRange(await ServerResources.MeasureMemoryAsync(server) - before, long.MinValue, MaxGrowthBytes);
        streams.ForEach(stream => stream.Dispose());
    }

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task Streams_over_TLS_that_are_sent_a_megabyte_each_are_cut_and_memory_stays()
    {
        using var server = await TlsServer.StartAsync("--Store=memory");
        using var client = server.CreateClient();
        var address = server.Process.Address;
        await using (var first = await server.ConnectAsync())
        {
            await OpenAsync(first, address);
        }

        var before = await ServerResources.MeasureMemoryAsync(server.Process);
        var streams = new List<Stream>();
        for (var i = 0; i < Streams; i++)
        {
            var stream = await server.ConnectAsync();
            await OpenAsync(stream, address);
            streams.Add(stream);
        }

        await Task.WhenAll(streams.Select(SendAsync)).BoundedAsync();

        await Wait.UntilAsync(
            async () => await TlsServer.CountSubscribersAsync(client, "home") == 0, "all streams have ended");
        Assert.InRange(
            await ServerResources.MeasureMemoryAsync(server.Process) - before, long.MinValue, MaxGrowthBytes);
        streams.ForEach(stream => stream.Dispose());
    }

    // The larger body is more than any request may have.
    [Theory]
    [Trait(Tier.Name, Tier.All)]
    [InlineData(5)]
    [InlineData(SentBytes)]
    public async Task A_stream_over_HTTP2_is_cut_by_the_body_of_its_request_and_others_of_the_connection_continue(
        int bytes)
    {
        using var server = await TlsServer.StartAsync("--Store=memory");
        using var client = server.CreateClient();
        await using var other = await TlsServer.SubscribeAsync(client, "home");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/pages/home/events")
        {
            Version = HttpVersion.Version20,
            Content = new ByteArrayContent(new byte[bytes]),
        };

        await Assert.ThrowsAsync<HttpRequestException>(
            async () => await client.SendAsync(request, HttpCompletionOption.ResponseContentRead, Ct).BoundedAsync());

        await Wait.UntilAsync(
            async () => await TlsServer.CountSubscribersAsync(client, "home") == 1, "the stream has ended");
        await TlsServer.PublishAsync(client, "home", "one");
        Assert.Equal("one", (await other.NextAsync()).Data);
    }

    private static async Task<int> CountAsync(ApiClient client) =>
        (await client.GetJsonAsync("/pages/home")).GetProperty("subscribers").GetInt32();

    // A request for a stream, whose headers end with this, and the opening block of the response.
    private static async Task<RawHttp> OpenRawAsync(InProcessApi server, string http, string end)
    {
        var raw = await RawHttp.ConnectAsync(server.Address);
        await raw.SendAsync($"GET /pages/home/events HTTP/{http}\r\nHost: x\r\n{end}");
        await ReadUntilAsync(raw, "id: 0\n\n");
        return raw;
    }

    private static async Task ReadUntilAsync(RawHttp raw, string expected)
    {
        for (var received = ""; !received.Contains(expected, StringComparison.Ordinal);)
        {
            var part = await raw.ReceiveAsync();
            Assert.NotEqual("", part);
            received += part;
        }
    }

    private static async Task<Stream> ConnectAsync(Uri address)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(address.Host, address.Port, Ct);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private static async Task OpenAsync(Stream stream, Uri address)
    {
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes($"GET /pages/home/events HTTP/1.1\r\nHost: {address.Authority}\r\n\r\n"), Ct);
        var buffer = new byte[4096];
        var received = "";
        while (!received.Contains("id: 0\n\n", StringComparison.Ordinal))
        {
            received += Encoding.UTF8.GetString(buffer, 0, await stream.ReadAsync(buffer, Ct));
        }
    }

    // Until the server has cut the connection, or everything is sent.
    private static async Task SendAsync(Stream stream)
    {
        try
        {
            for (var sent = 0; sent < SentBytes; sent += _piece.Length)
            {
                await stream.WriteAsync(_piece, Ct);
            }
        }
        catch (IOException)
        {
            // The connection is cut.
        }
    }
}

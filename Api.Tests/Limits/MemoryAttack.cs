using System.Net.Sockets;

namespace LiveStreams.Api.Tests.Limits;

/// <summary>
/// Clients that make a server hold memory for them, all at the same time: they send what nobody reads, and do not read
/// what they asked for. They come from one address or from several, and stay connected as long as the server permits.
/// </summary>
internal sealed class MemoryAttack(Uri server, int addresses) : IDisposable
{
    private const int SmallReceiveBuffer = 4096;

    /// <summary>The batches use up the rate of the attackers' addresses.</summary>
    private const string Publisher = "127.0.3.1";

    private const int Posts = 60;
    private static readonly string _megabyte = new('x', 1 << 20);
    private static readonly string _post = new('p', 64 * 1024);
    private static readonly string _newlines = new('\n', 256 * 1024);
    private readonly List<RawHttp> _connections = [];

    /// <summary>Starts all attacks. Returns when every request is sent, or its connection closed.</summary>
    public async Task StartAsync()
    {
        await PutPostsAsync("posts");
        await PutPostsAsync("snapshots");
        await Task.WhenAll(
            SendIntoStreamsAsync(streams: 200),
            LeavePostsUnreadAsync(readers: 50),
            LeaveSnapshotsUnreadAsync(versions: 100),
            LeaveNewlinesUnreadAsync(readers: 200),
            LeaveBatchesUnreadAsync(batches: 10));
    }

    public void Dispose() => _connections.ForEach(connection => connection.Dispose());

    // The server closes each of them.
    private async Task SendIntoStreamsAsync(int streams)
    {
        for (var n = 0; n < streams; n++)
        {
            var stream = await RequestAsync(n, "GET /pages/stuffed/events HTTP/1.1\r\nHost: x\r\n\r\n");
            await stream.ReceiveAsync();
            await SendAsync(stream, _megabyte);
            await stream.ReceiveToEndAsync();
        }
    }

    private async Task LeavePostsUnreadAsync(int readers)
    {
        for (var n = 0; n < readers; n++)
        {
            await RequestAsync(n, "GET /pages/posts/posts HTTP/1.1\r\nHost: x\r\n\r\n");
        }
    }

    // Every reader asks for another version of the page.
    private async Task LeaveSnapshotsUnreadAsync(int versions)
    {
        for (var n = 0; n < versions; n++)
        {
            await PutPostAsync("snapshots", n % Posts, $"<p>{n}</p>{_post[..60_000]}");
            var stream = await RequestAsync(
                n, "GET /pages/snapshots/events?snapshot=true HTTP/1.1\r\nHost: x\r\n\r\n");
            await stream.ReceiveAsync(most: 1);
        }
    }

    // Each newline is a "data:" line of the event.
    private async Task LeaveNewlinesUnreadAsync(int readers)
    {
        for (var n = 0; n < 4; n++)
        {
            await PublishAsync($"POST /pages/newlines/updates HTTP/1.1\r\nHost: x", _newlines);
        }

        for (var n = 0; n < readers; n++)
        {
            await RequestAsync(n, "GET /pages/newlines/events?from=earliest HTTP/1.1\r\nHost: x\r\n\r\n");
        }
    }

    // Short lines, each of which gets a long answer.
    private async Task LeaveBatchesUnreadAsync(int batches)
    {
        for (var n = 0; n < batches; n++)
        {
            var lines = string.Concat(Enumerable.Repeat("1\n", n == 0 ? 2 << 20 : 10_000));
            await RequestAsync(
                n,
                "POST /updates HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n"
                + $"Content-Length: {lines.Length}\r\n\r\n{lines}");
        }
    }

    private async Task PutPostsAsync(string page)
    {
        for (var n = 0; n < Posts; n++)
        {
            await PutPostAsync(page, n, _post);
        }
    }

    private Task PutPostAsync(string page, int post, string content) =>
        PublishAsync($"PUT /pages/{page}/posts/{post} HTTP/1.1\r\nHost: x", content);

    private async Task PublishAsync(string head, string body)
    {
        using var connection = await RawHttp.ConnectAsync(server, from: Publisher);
        await connection.SendAsync($"{head}\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        Assert.StartsWith("HTTP/1.1 201", await connection.ReceiveAsync(), StringComparison.Ordinal);
    }

    private async Task<RawHttp> RequestAsync(int client, string request)
    {
        var connection = await RawHttp.ConnectAsync(server, SmallReceiveBuffer, Address(client));
        lock (_connections)
        {
            _connections.Add(connection);
        }

        await SendAsync(connection, request);
        return connection;
    }

    private static async Task SendAsync(RawHttp connection, string text)
    {
        try
        {
            await connection.SendAsync(text);
        }
        catch (SocketException exception) when (
            exception.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
        {
            // The server has closed the connection.
        }
    }

    private string Address(int client) => $"127.0.2.{1 + (client % addresses)}";
}

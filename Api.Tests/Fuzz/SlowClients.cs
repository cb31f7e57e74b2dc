using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LiveStreams.Api.Tests.Fuzz;

/// <summary>Clients that hold a connection and send one byte a second. The server must end each connection.</summary>
internal static class SlowClients
{
    private const int ClientsPerRequest = 8;

    /// <summary>
    /// More than the time limits for headers (30 s), a body (5 s, then 240 bytes a second) and a stalled stream (30 s).
    /// </summary>
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(1);

    // Begin is sent at once, Trickle byte by byte, one a second.
    private static readonly (string Begin, string Trickle)[] _requests =
    [
        ("", "GET /pages/slow/updates HTTP/1.1\r\nHost: x\r\nX-Slow: "),
        ("GET /pages/slow/updates HTTP/1.1\r\nHost: x\r\nX-Slow: ", "y"),
        ("POST /pages/slow/updates HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n", "z"),
        (
            "POST /updates HTTP/1.1\r\nHost: x\r\n"
            + "Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n",
            "z"),
        ("PUT /pages/slow/posts/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", "00000000"),
        ("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\nGET /health/live HTTP/1.1\r\nHost: ", "x"),
    ];

    /// <summary>Runs all clients until the server has ended every connection.</summary>
    public static Task RunAsync(Uri server, CancellationToken cancellationToken) =>
        Task.WhenAll(_requests
            .SelectMany(request => Enumerable.Repeat(request, ClientsPerRequest))
            .Select(request => RunAsync(server, request.Begin, request.Trickle, cancellationToken)));

    private static async Task RunAsync(Uri server, string begin, string trickle, CancellationToken cancellationToken)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, server.Port), cancellationToken);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(_timeout);
        try
        {
            await socket.SendAsync(Encoding.Latin1.GetBytes(begin), timeout.Token);
            var ended = ReceiveToEndAsync(socket, timeout.Token);
            for (var i = 0; !ended.IsCompleted; i++)
            {
                await socket.SendAsync(new[] { (byte)trickle[i % trickle.Length] }, timeout.Token);
                await Task.WhenAny(ended, Task.Delay(_interval, TimeProvider.System, timeout.Token));
            }

            await ended;
        }
        catch (SocketException)
        {
            // The server has closed the connection.
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new FuzzException($"A slow client is still connected after {_timeout.TotalSeconds} s: {begin}");
        }
    }

    private static async Task ReceiveToEndAsync(Socket socket, CancellationToken cancellationToken)
    {
        var buffer = new byte[4096];
        while (await socket.ReceiveAsync(buffer, cancellationToken) > 0)
        {
        }
    }
}

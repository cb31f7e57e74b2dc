using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LiveStreams.Api.Tests.Fuzz;

/// <summary>Clients that hold a connection and give as little as they can for it. The server ends each of them.</summary>
internal static class SlowClients
{
    private const int Each = 8;

    /// <summary>More than Kestrel gives headers (30 s), a body (5 s, then 240 bytes a second) and this server a stalled stream (30 s).</summary>
    private static readonly TimeSpan _bound = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan _pace = TimeSpan.FromSeconds(1);

    // What is sent at once, and then one byte a second.
    private static readonly (string Begin, string Trickle)[] _attacks =
    [
        ("", "GET /pages/slow/updates HTTP/1.1\r\nHost: x\r\nX-Slow: "),
        ("GET /pages/slow/updates HTTP/1.1\r\nHost: x\r\nX-Slow: ", "y"),
        ("POST /pages/slow/updates HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n", "z"),
        ("POST /updates HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n", "z"),
        ("PUT /pages/slow/posts/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", "00000000"),
        ("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\nGET /health/live HTTP/1.1\r\nHost: ", "x"),
    ];

    /// <summary>Runs them all, until the server has ended each.</summary>
    public static Task RunAsync(Uri server, CancellationToken cancellationToken) =>
        Task.WhenAll(_attacks.SelectMany(attack => Enumerable.Range(0, Each).Select(_ => RunAsync(server, attack.Begin, attack.Trickle, cancellationToken))));

    private static async Task RunAsync(Uri server, string begin, string trickle, CancellationToken cancellationToken)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, server.Port), cancellationToken);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(_bound);
        try
        {
            await socket.SendAsync(Encoding.Latin1.GetBytes(begin), bound.Token);
            var ended = ReceiveToEndAsync(socket, bound.Token);
            for (var i = 0; !ended.IsCompleted; i++)
            {
                await socket.SendAsync(new[] { (byte)trickle[i % trickle.Length] }, bound.Token);
                await Task.WhenAny(ended, Task.Delay(_pace, TimeProvider.System, bound.Token));
            }

            await ended;
        }
        catch (SocketException)
        {
            // The server has cut it off.
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new FuzzException($"A slow client is still connected after {_bound.TotalSeconds} s: {begin}");
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

using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LiveStreams.Api.Tests.Limits;

/// <summary>
/// Publishes at a given rate on one connection from one address. It does not wait for responses, but counts them by
/// status.
/// </summary>
internal sealed class PublishFlood : IDisposable
{
    private const int MaxBatch = 50;
    private static readonly TimeSpan _tick = TimeSpan.FromMilliseconds(20);
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly int[] _responses = new int[6];

    private PublishFlood()
    {
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>The number of responses of a status class, such as 2 for 2xx.</summary>
    public int Responses(int statusClass) => Volatile.Read(ref _responses[statusClass]);

    public static async Task<PublishFlood> ConnectAsync(Uri server, string from)
    {
        var flood = new PublishFlood();
        flood._socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        await flood._socket.ConnectAsync(server.Host, server.Port, Ct);
        return flood;
    }

    /// <summary>
    /// Sends <paramref name="count"/> updates at a rate, as far as the server accepts them, and returns after the last
    /// response.
    /// </summary>
    public async Task<PublishFlood> RunAsync(int count, int perSecond, Func<int, string> page)
    {
        var counting = CountResponsesAsync(count);
        var start = TimeProvider.System.GetTimestamp();
        using var timer = new PeriodicTimer(_tick, TimeProvider.System);
        for (var sent = 0; sent < count;)
        {
            var due = Math.Min(
                (int)(TimeProvider.System.GetElapsedTime(start).TotalSeconds * perSecond) - sent,
                Math.Min(MaxBatch, count - sent));
            if (due <= 0)
            {
                await timer.WaitForNextTickAsync(Ct);
                continue;
            }

            var requests = string.Concat(Enumerable.Range(sent, due).Select(
                n => $"POST /pages/{page(n)}/updates HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx"));
            await _socket.SendAsync(Encoding.ASCII.GetBytes(requests), Ct);
            sent += due;
        }

        await counting;
        return this;
    }

    public void Dispose() => _socket.Dispose();

    // The end of the received bytes may cut a status line in two.
    private async Task CountResponsesAsync(int count)
    {
        var start = "HTTP/1.1 "u8.ToArray();
        var buffer = new byte[256 * 1024];
        for (var (kept, responses) = (0, 0); responses < count;)
        {
            var received = await _socket.ReceiveAsync(buffer.AsMemory(kept), Ct);
            Assert.NotEqual(0, received);
            var (end, next) = (kept + received, 0);
            for (int found;
                (found = buffer.AsSpan(next, end - next).IndexOf(start)) >= 0 && next + found + start.Length < end;
                responses++)
            {
                next += found + start.Length;
                Interlocked.Increment(ref _responses[buffer[next] - '0']);
            }

            var rest = Math.Max(next, end - start.Length);
            kept = end - rest;
            buffer.AsSpan(rest, kept).CopyTo(buffer);
        }
    }
}

using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LiveStreams.Api.Tests.Limits;

/// <summary>Publishes as fast as it is told to, on one connection from one address, without waiting for answers; they are only counted, by status.</summary>
internal sealed class Flood : IDisposable
{
    private const int AtOnce = 50;
    private static readonly TimeSpan _tick = TimeSpan.FromMilliseconds(20);
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly int[] _answers = new int[6];

    private Flood()
    {
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Answers of a class: 2 for 2xx.</summary>
    public int Answers(int statusClass) => Volatile.Read(ref _answers[statusClass]);

    public static async Task<Flood> ConnectAsync(Uri server, string from)
    {
        var flood = new Flood();
        flood._socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        await flood._socket.ConnectAsync(server.Host, server.Port, Ct);
        return flood;
    }

    /// <summary>Sends <paramref name="count"/> updates at a rate, as far as the server takes them, and returns when all are answered.</summary>
    public async Task<Flood> RunAsync(int count, int perSecond, Func<int, string> page)
    {
        var counting = CountAnswersAsync(count);
        var start = TimeProvider.System.GetTimestamp();
        using var timer = new PeriodicTimer(_tick, TimeProvider.System);
        for (var sent = 0; sent < count;)
        {
            var due = Math.Min((int)(TimeProvider.System.GetElapsedTime(start).TotalSeconds * perSecond) - sent, Math.Min(AtOnce, count - sent));
            if (due <= 0)
            {
                await timer.WaitForNextTickAsync(Ct);
                continue;
            }

            var requests = string.Concat(Enumerable.Range(sent, due).Select(n => $"POST /pages/{page(n)}/updates HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx"));
            await _socket.SendAsync(Encoding.ASCII.GetBytes(requests), Ct);
            sent += due;
        }

        await counting;
        return this;
    }

    public void Dispose() => _socket.Dispose();

    // A status line may be cut in two by the end of what has arrived.
    private async Task CountAnswersAsync(int count)
    {
        var start = "HTTP/1.1 "u8.ToArray();
        var buffer = new byte[256 * 1024];
        for (var (kept, answers) = (0, 0); answers < count;)
        {
            var received = await _socket.ReceiveAsync(buffer.AsMemory(kept), Ct);
            Assert.NotEqual(0, received);
            var (end, next) = (kept + received, 0);
            for (int found; (found = buffer.AsSpan(next, end - next).IndexOf(start)) >= 0 && next + found + start.Length < end; answers++)
            {
                next += found + start.Length;
                Interlocked.Increment(ref _answers[buffer[next] - '0']);
            }

            var rest = Math.Max(next, end - start.Length);
            kept = end - rest;
            buffer.AsSpan(rest, kept).CopyTo(buffer);
        }
    }
}

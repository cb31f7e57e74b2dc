using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace LiveStreams.TestKit;

/// <summary>
/// A proxy between a client and a server that fails when a test says so. Connections that are open then are closed.
/// </summary>
public sealed class BreakableProxy : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Socket, bool> _open = [];
    private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly Uri _server;
    private readonly Task _accepting;
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string? _answer;
    private volatile bool _isCut;
    private int _accepted;
    private int _held;

    public BreakableProxy(Uri server)
    {
        _server = server;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    public string Address => $"http://127.0.0.1:{Port}/";

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>The connections that are served at once. Later ones wait for <see cref="Release"/>.</summary>
    public int ServedAtOnce { get; init; } = int.MaxValue;

    /// <summary>The connections that wait, or have waited.</summary>
    public int Held => Volatile.Read(ref _held);

    /// <summary>Serves the connections that wait, and all later ones.</summary>
    public void Release() => _released.TrySetResult();

    /// <summary>Closes every connection, open ones and new ones.</summary>
    public void Cut()
    {
        _isCut = true;
        CutAll();
    }

    /// <summary>Answers every request with this status, as a gateway does whose server is unavailable.</summary>
    public void AnswerWith(string status)
    {
        _answer = $"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        CutAll();
    }

    public void Mend() => (_isCut, _answer) = (false, null);

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
        Release();
        CutAll();
    }

    private void CutAll()
    {
        foreach (var socket in _open.Keys)
        {
            socket.Dispose();
        }
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket client;
            try
            {
                client = await _listener.AcceptAsync();
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                // The proxy has been disposed.
                return;
            }

            _ = ServeAsync(client);
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using (client)
        {
            _open[client] = _open[server] = true;
            if (Interlocked.Increment(ref _accepted) > ServedAtOnce)
            {
                Interlocked.Increment(ref _held);
                await _released.Task;
            }

            try
            {
                if (_answer is { } answer)
                {
                    await client.ReceiveAsync(new byte[16 * 1024]);
                    await client.SendAsync(System.Text.Encoding.ASCII.GetBytes(answer));
                    client.Shutdown(SocketShutdown.Send);
                }
                else if (!_isCut)
                {
                    await server.ConnectAsync(_server.Host, _server.Port);
                    await Task.WhenAny(CopyAsync(client, server), CopyAsync(server, client));
                }
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                // The connection was cut, and both ends notice.
            }

            _open.Remove(client, out _);
            _open.Remove(server, out _);
        }
    }

    private static async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and var count)
            {
                for (var sent = 0; sent < count;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent));
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // One end is closed. The caller closes the other.
        }
    }
}

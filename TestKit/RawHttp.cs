using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LiveStreams.TestKit;

/// <summary>A bare TCP connection, for requests that no HTTP client would send.</summary>
public sealed class RawHttp : IDisposable
{
    private static readonly TimeSpan _bound = TimeSpan.FromSeconds(20);
    private readonly Socket _socket;

    private RawHttp(Socket socket) => _socket = socket;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Connects, from another address of this machine (such as 127.0.0.2) if one is given.</summary>
    public static async Task<RawHttp> ConnectAsync(Uri address, int? receiveBuffer = null, string? from = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (from is not null)
        {
            socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        }

        if (receiveBuffer is { } bytes)
        {
            socket.ReceiveBufferSize = bytes;
        }

        await socket.ConnectAsync(address.Host, address.Port, Ct);
        return new RawHttp(socket);
    }

    public async Task SendAsync(string text) => await _socket.SendAsync(Encoding.UTF8.GetBytes(text), Ct);

    /// <summary>Ends the sending direction, as a client does that is cut off half-way.</summary>
    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Resets the connection (RST), as a client does that crashes.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        _socket.Close();
    }

    /// <summary>The next bytes, as text; empty at the end, also if the server resets the connection.</summary>
    public async Task<string> ReceiveAsync(int most = 65536)
    {
        var buffer = new byte[most];
        try
        {
            var count = await _socket.ReceiveAsync(buffer, Ct).AsTask().WaitAsync(_bound);
            return Encoding.UTF8.GetString(buffer, 0, count);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
        {
            return "";
        }
    }

    public async Task<string> ReceiveToEndAsync()
    {
        var text = new StringBuilder();
        for (var part = await ReceiveAsync(); part.Length > 0; part = await ReceiveAsync())
        {
            text.Append(part);
        }

        return text.ToString();
    }

    public void Dispose() => _socket.Dispose();
}

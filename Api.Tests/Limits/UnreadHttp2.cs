using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LiveStreams.Api.Tests.Limits;

/// <summary>
/// An HTTP/2 connection without TLS whose window is 0 (RFC 9113 §6.9.2): the server may send headers and no body. The
/// server needs <c>Kestrel:EndpointDefaults:Protocols=Http2</c>.
/// </summary>
internal sealed class UnreadHttp2 : IDisposable
{
    private const byte Headers = 1;
    private const byte Settings = 4;
    private const byte EndOfRequest = 0x5; // END_STREAM and END_HEADERS
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private int _nextStream = 1;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<UnreadHttp2> ConnectAsync(Uri server)
    {
        var connection = new UnreadHttp2();
        await connection._socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, server.Port), Ct);
        await connection._socket.SendAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray(), Ct);

        // SETTINGS_INITIAL_WINDOW_SIZE (4) is 0.
        await connection.SendFrameAsync(Settings, flags: 0, stream: 0, [0, 4, 0, 0, 0, 0]);
        return connection;
    }

    /// <summary>Sends a GET whose response is not read.</summary>
    public async Task GetAsync(string path)
    {
        // HPACK (RFC 7541): GET and http from the static table, then path and authority as literals.
        byte[] head = [0x82, 0x86, .. Literal(0x04, path), .. Literal(0x01, "localhost")];
        await SendFrameAsync(Headers, EndOfRequest, _nextStream, head);
        _nextStream += 2;
    }

    public void Dispose() => _socket.Dispose();

    private static byte[] Literal(byte name, string value) =>
        [name, (byte)value.Length, .. Encoding.ASCII.GetBytes(value)];

    private async Task SendFrameAsync(byte type, byte flags, int stream, byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
        (frame[3], frame[4]) = (type, flags);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        await _socket.SendAsync(frame, Ct);
    }
}

using System.Net.Sockets;
using LiveStreams.Core.FanOut;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace LiveStreams.Api.Subscribe;

/// <summary>The socket of an HTTP/1.1 connection without TLS, which Kestrel reads from and closes, and which is here only written to.</summary>
internal sealed class PlainConnection : IPlainConnection
{
    private readonly Socket _socket;

    private PlainConnection(Socket socket)
    {
        _socket = socket;

        // Otherwise Send waits until all is sent. Kestrel's own sends and receives do not wait either way.
        socket.Blocking = false;
    }

    /// <summary>The connection of a request, or null when what it carries are not the plain bytes of one response.</summary>
    public static PlainConnection? Of(HttpContext context) =>
        context.Request.Protocol == HttpProtocol.Http11
        && context.Features.Get<ITlsConnectionFeature>() is null
        && context.Features.Get<IConnectionSocketFeature>() is { } connection
            ? new PlainConnection(connection.Socket)
            : null;

    public int TrySend(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return _socket.Send(bytes, SocketFlags.None, out _);
        }
        catch (ObjectDisposedException)
        {
            return 0;
        }
    }
}

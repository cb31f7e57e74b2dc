using System.IO.Pipelines;
using System.Net.Sockets;
using LiveStreams.Core.FanOut;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace LiveStreams.Api.Kestrel;

/// <summary>
/// A connection whose last response may outlive its request. Once the headers of an event stream are sent, the rest is
/// bytes for the connection. What Kestrel and ASP.NET hold for a request in progress, nearly half of the memory of a
/// silent stream (docs/benchmarks.md), can then be released.
/// <code>
/// connection ─▶ RunAsync ─▶ HTTP ─▶ headers and opening of an event stream, then Detach
///                  │ ◀────────────── the request ends here
///                  └─▶ the stream, until its reader is gone or the server drains
/// </code>
/// It works around Kestrel (.NET 10), which lets an application take a connection over only after a request to upgrade
/// it (https://github.com/dotnet/aspnetcore/issues/21953 asks for more). Once Kestrel lets an ordinary response do so,
/// this class, <see cref="DetachableTransport"/> and <see cref="ConnectionHeartbeat"/> can be removed.
/// </summary>
internal sealed class StreamConnection : IDirectConnection
{
    private readonly ConnectionContext _connection;
    private readonly IDuplexPipe _transport;
    private readonly Socket? _socket;
    private Func<EventStreamBody, CancellationToken, Task>? _stream;

    private StreamConnection(ConnectionContext connection)
    {
        _connection = connection;
        _transport = connection.Transport;
        _socket = connection.Features.Get<IConnectionSocketFeature>()?.Socket;
        if (_socket is not null)
        {
            // Otherwise Send would wait until everything is sent. Kestrel's own sends and receives are asynchronous
            // either way.
            _socket.Blocking = false;
        }
    }

    /// <summary>Whether the connection belongs to an event stream, so that HTTP may no longer end it.</summary>
    public bool IsDetached => _stream is not null;

    /// <summary>Serves a connection: HTTP, and then the event stream for which it was detached, if any.</summary>
    public static async Task RunAsync(ConnectionContext context, ConnectionDelegate http)
    {
        var connection = new StreamConnection(context);
        try
        {
            await connection.RunHttpAsync(http);
        }
        finally
        {
            // However HTTP has ended: a stream on a closed connection ends at once, and releases what it holds.
            if (connection._stream is { } stream)
            {
                await stream(new EventStreamBody(connection._transport.Output, connection), context.ConnectionClosed);
            }
        }
    }

    /// <summary>
    /// The connection of a request; null if it does not carry the plain bytes of one response at a time (HTTP/2, TLS),
    /// or if a body has yet to be read.
    /// </summary>
    public static StreamConnection? Of(HttpContext context) =>
        context.Request.Protocol == HttpProtocol.Http11
        && context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false }
        && context.Features.Get<ITlsConnectionFeature>() is null
        && context.Features.Get<StreamConnection>() is { _socket: not null } connection
            ? connection
            : null;

    /// <summary>
    /// Hands the connection to <paramref name="stream"/> when the request has ended. Its response must say
    /// <c>Connection: close</c>, so that HTTP reads no other request.
    /// </summary>
    public void Detach(Func<EventStreamBody, CancellationToken, Task> stream) => _stream = stream;

    /// <summary>Closes the connection at once.</summary>
    public void Abort() => _connection.Abort();

    public int TrySend(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return _socket!.Send(bytes, SocketFlags.None, out _);
        }
        catch (ObjectDisposedException)
        {
            return 0;
        }
    }

    private async Task RunHttpAsync(ConnectionDelegate http)
    {
        var heartbeat = new ConnectionHeartbeat(
            _connection.Features.GetRequiredFeature<IConnectionHeartbeatFeature>());
        _connection.Features.Set<IConnectionHeartbeatFeature>(heartbeat);
        _connection.Features.Set(this);
        _connection.Transport = new DetachableTransport(_transport, this);
        await http(_connection);
        _connection.Transport = _transport;
        heartbeat.Stop();
    }
}

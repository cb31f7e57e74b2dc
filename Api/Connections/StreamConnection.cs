using System.IO.Pipelines;
using System.Net.Sockets;
using LiveStreams.Core.FanOut;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace LiveStreams.Api.Connections;

/// <summary>
/// A connection whose last response may outlive its request. Once the headers of an event stream are sent, the rest is bytes for the connection, and what
/// Kestrel and ASP.NET hold for a request in progress, nearly half of the memory of a silent stream (docs/benchmarks.md), can go.
/// <code>
/// connection ─▶ RunAsync ─▶ HTTP ─▶ headers and opening of an event stream, then Keep
///                  │ ◀────────────── the request ends here
///                  └─▶ the stream, until its reader is gone or the server drains
/// </code>
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
            // Otherwise Send would wait until all is sent. Kestrel's own sends and receives do not wait either way.
            _socket.Blocking = false;
        }
    }

    /// <summary>Once true, HTTP may not end the connection any more.</summary>
    public bool IsKept => _stream is not null;

    /// <summary>Serves a connection: HTTP, and then the event stream that it may have left.</summary>
    public static async Task RunAsync(ConnectionContext context, ConnectionDelegate http)
    {
        var connection = new StreamConnection(context);
        try
        {
            await connection.RunHttpAsync(http);
        }
        finally
        {
            // However HTTP has ended: a stream on a connection that is closed ends at once, and gives back what it holds.
            if (connection._stream is { } stream)
            {
                await stream(new EventStreamBody(connection._transport.Output, connection), context.ConnectionClosed);
            }
        }
    }

    /// <summary>
    /// The connection of a request, or null when what it carries are not the plain bytes of one response at a time (HTTP/2, TLS), or a body is yet to be read.
    /// </summary>
    public static StreamConnection? Of(HttpContext context) =>
        context.Request.Protocol == HttpProtocol.Http11
        && context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false }
        && context.Features.Get<ITlsConnectionFeature>() is null
        && context.Features.Get<StreamConnection>() is { _socket: not null } connection
            ? connection
            : null;

    /// <summary>Lets <paramref name="stream"/> go on with the connection when the request has ended, for which its response says <c>Connection: close</c>.</summary>
    public void Keep(Func<EventStreamBody, CancellationToken, Task> stream) => _stream = stream;

    /// <summary>Cuts the connection.</summary>
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
        var heartbeat = new ConnectionHeartbeat(_connection.Features.GetRequiredFeature<IConnectionHeartbeatFeature>());
        _connection.Features.Set<IConnectionHeartbeatFeature>(heartbeat);
        _connection.Features.Set(this);
        _connection.Transport = new KeptTransport(_transport, this);
        await http(_connection);
        _connection.Transport = _transport;
        heartbeat.Stop();
    }
}

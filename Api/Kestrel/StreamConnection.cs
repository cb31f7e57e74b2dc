using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using LiveStreams.Api.Epoll;
using LiveStreams.Api.Limits;
using LiveStreams.Core.FanOut;
using LiveStreams.Core.Metrics;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace LiveStreams.Api.Kestrel;

/// <summary>
/// A connection whose last response may outlive its request. Once the headers of an event stream are sent, the rest is
/// bytes for the connection. What Kestrel and ASP.NET hold for a request in progress, nearly half of the memory of a
/// silent stream (docs/benchmarks.md), can then be released.
/// <code>
/// connection ─▶ RunAsync ─▶ HTTP ─▶ headers and opening of an event stream, then Detach
///                  │ ◀────────────── the request ends here
///                  └─▶ the stream, until its reader is gone, or sends something, or the server drains
/// </code>
/// On Linux the stream leaves this connection, too (<see cref="DetachedStreams"/>). Elsewhere it keeps the connection,
/// and its pipe.
/// It works around Kestrel (.NET 10), which lets an application take a connection over only after a request to upgrade
/// it (https://github.com/dotnet/aspnetcore/issues/21953 asks for more). Once Kestrel lets an ordinary response do so,
/// this class, <see cref="DetachableTransport"/> and <see cref="ConnectionHeartbeat"/> can be removed.
/// </summary>
internal sealed class StreamConnection : IStreamOutput
{
    private readonly ConnectionContext _connection;
    private readonly ServerMetrics _metrics;
    private readonly IDuplexPipe _transport;
    private readonly EpollConnection? _epoll;
    private readonly Socket? _socket;
    private Subscriber? _subscriber;

    private StreamConnection(ConnectionContext connection, ServerMetrics metrics)
    {
        _connection = connection;
        _metrics = metrics;
        Input = new ConnectionInput(connection, metrics);
        _transport = connection.Transport;
        _epoll = connection.Features.Get<EpollConnection>();
        _socket = connection.Features.Get<IConnectionSocketFeature>()?.Socket;
        if (_socket is not null)
        {
            // Otherwise Send would wait until everything is sent. Kestrel's own sends and receives are asynchronous
            // either way.
            _socket.Blocking = false;
        }
    }

    /// <summary>Whether the connection belongs to an event stream, so that HTTP may no longer end it.</summary>
    public bool IsDetached => _subscriber is not null;

    /// <summary>What the client sends.</summary>
    public ConnectionInput Input { get; }

    public bool IsChunked => true;

    private bool CanDetach => _epoll is not null || _socket is not null;

    // The pipe only serves to wait until the connection takes more, which is then sent from the frame.
    public int PieceBytes => 4 * 1024;

    /// <summary>
    /// Serves a connection, unless its address has too many: HTTP, and then the event stream for which it was detached,
    /// if any. <paramref name="detached"/> takes over that stream, if it is there.
    /// </summary>
    public static async Task RunAsync(
        ConnectionContext context,
        ConnectionDelegate http,
        ConnectionLimiter limiter,
        ServerMetrics metrics,
        DetachedStreams? detached)
    {
        if (!limiter.TryAcquire(context.RemoteEndPoint, out var counted))
        {
            metrics.Limits.CountRefusedConnection("address");
            context.Abort();
            return;
        }

        var connection = new StreamConnection(context, metrics);
        var isTaken = false;
        try
        {
            await connection.RunHttpAsync(http);
        }
        finally
        {
            try
            {
                // However HTTP has ended: a stream on a closed connection ends at once, and releases what it holds.
                isTaken = detached is not null && connection.TryLeave(detached, counted);
                if (!isTaken)
                {
                    await connection.RunStreamAsync();
                }
            }
            finally
            {
                if (!isTaken)
                {
                    limiter.Release(counted);
                }
            }
        }
    }

    /// <summary>
    /// The connection of a request; null if it does not carry the plain bytes of one response at a time (HTTP/2, TLS),
    /// or if a body has yet to be read.
    /// </summary>
    public static StreamConnection? Of(HttpContext context) =>
        context.Request.Protocol == HttpProtocol.Http11
        && !CanHaveBody(context)
        && context.Features.Get<ITlsConnectionFeature>() is null
        && context.Features.Get<StreamConnection>() is { CanDetach: true } connection
            ? connection
            : null;

    /// <summary>
    /// For an event stream that remains a response of Kestrel: cuts it as soon as the client sends anything more. Must
    /// be called before the response starts. Over HTTP/1 that response is the connection's last; over HTTP/2 only the
    /// request's body is input of the stream.
    /// </summary>
    public static void CutOnInput(HttpContext context)
    {
        if (context.Features.Get<StreamConnection>() is not { } connection)
        {
            return;
        }

        if (!HttpProtocol.IsHttp2(context.Request.Protocol))
        {
            context.Response.Headers.Connection = "close";
            connection.Input.Watch(isEncrypted: context.Features.Get<ITlsConnectionFeature>() is not null);
        }
        else if (CanHaveBody(context))
        {
            // A body that never comes is not a slow one.
            context.Features.GetRequiredFeature<IHttpMinRequestBodyDataRateFeature>().MinDataRate = null;
            new InputWatch(context.Request.BodyReader, context.Abort, connection._metrics).Start();
        }
    }

    /// <summary>
    /// Hands the connection to <paramref name="subscriber"/> when the request has ended. The subscriber is disposed
    /// when its stream has ended. The response must say <c>Connection: close</c>, so that HTTP reads no other request.
    /// </summary>
    public void Detach(Subscriber subscriber) => _subscriber = subscriber;

    /// <summary>Closes the connection at once.</summary>
    public void Abort() => _connection.Abort();

    public int TrySend(ReadOnlySpan<byte> bytes)
    {
        try
        {
            // Without a socket, the connection could not be detached because it is closed.
            return _socket?.Send(bytes, SocketFlags.None, out _) ?? 0;
        }
        catch (ObjectDisposedException)
        {
            return 0;
        }
    }

    public ValueTask<FlushResult> FlushAsync(ReadOnlySpan<byte> bytes, out int taken)
    {
        _transport.Output.Write(bytes);
        taken = bytes.Length;
        return _transport.Output.FlushAsync();
    }

    private static bool CanHaveBody(HttpContext context) =>
        context.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: false };

    private bool TryLeave(DetachedStreams detached, ClientAddress? counted)
    {
        if (_subscriber is null || _epoll is null)
        {
            return false;
        }

        Input.ShrinkBuffer();
        if (!_epoll.TryDetach())
        {
            return false;
        }

        // What has been received before the descriptor is detached is in the pipe.
        var input = default(StrayInput);
        if (Input.TakeReceived() is { Length: > 0 } received && !input.MayIgnore(received))
        {
            _metrics.Limits.CountCut();
            _subscriber.OnDisconnected();
        }

        detached.Start(_epoll, _subscriber, input, counted);
        return true;
    }

    private async Task RunStreamAsync()
    {
        if (_subscriber is null)
        {
            return;
        }

        using (_subscriber)
        {
            // The stream comes first: whatever has become of the connection, it must run to release what it holds.
            var running = _subscriber.RunAsync(new EventStreamBody(this), Abort, _connection.ConnectionClosed);
            Input.Watch(isEncrypted: false);
            await running;
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

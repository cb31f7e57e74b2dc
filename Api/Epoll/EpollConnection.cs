using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace LiveStreams.Api.Epoll;

/// <summary>
/// A connection of Kestrel's sockets whose descriptor is ours: the socket does not own it. So the connection can be
/// disposed, with all that Kestrel and .NET hold for it, and the descriptor stays open (<see cref="Detach"/>).
/// </summary>
internal sealed class EpollConnection : ConnectionContext
{
    private readonly ConnectionContext _inner;
    private readonly Socket _socket;
    private readonly int _descriptor;
    private bool _isDetached;
    private volatile bool _isAborted;

    private EpollConnection(ConnectionContext inner, Socket socket, int descriptor)
    {
        (_inner, _socket, _descriptor) = (inner, socket, descriptor);
        Features.Set(this);
    }

    /// <summary>Whether Kestrel has aborted it. What was to be sent before may be lost.</summary>
    public bool IsAborted => _isAborted;

    public override string ConnectionId
    {
        get => _inner.ConnectionId;
        set => _inner.ConnectionId = value;
    }

    public override IFeatureCollection Features => _inner.Features;

    public override IDictionary<object, object?> Items
    {
        get => _inner.Items;
        set => _inner.Items = value;
    }

    public override IDuplexPipe Transport
    {
        get => _inner.Transport;
        set => _inner.Transport = value;
    }

    public override CancellationToken ConnectionClosed
    {
        get => _inner.ConnectionClosed;
        set => _inner.ConnectionClosed = value;
    }

    public override EndPoint? LocalEndPoint
    {
        get => _inner.LocalEndPoint;
        set => _inner.LocalEndPoint = value;
    }

    public override EndPoint? RemoteEndPoint
    {
        get => _inner.RemoteEndPoint;
        set => _inner.RemoteEndPoint = value;
    }

    /// <summary>Makes a connection of an accepted descriptor, which it owns from then on.</summary>
    /// <exception cref="SocketException">The peer has reset the connection already.</exception>
    public static EpollConnection Create(int descriptor, Func<Socket, ConnectionContext> create)
    {
        try
        {
            var socket = new Socket(new SafeSocketHandle(descriptor, ownsHandle: false));
            if (socket.RemoteEndPoint is null && socket.AddressFamily != AddressFamily.Unix)
            {
                // Without an address it would be taken for a client of a Unix socket.
                throw new SocketException((int)SocketError.NotConnected);
            }

            return new EpollConnection(create(socket), socket, descriptor);
        }
        catch
        {
            LibC.CloseSocket(descriptor, isAborted: true);
            throw;
        }
    }

    /// <summary>
    /// Takes the descriptor, which the caller closes. Everything else of the connection ends. What it has written must
    /// have been flushed.
    /// </summary>
    public int Detach()
    {
        // Kestrel's shutdown of a disposed socket fails, and Kestrel ignores that (SocketConnection). .NET ends the
        // receive that is pending, and uses the descriptor no more. Its own epoll reports events of it to nobody.
        _isDetached = true;
        _socket.Dispose();
        return _descriptor;
    }

    public override void Abort(ConnectionAbortedException abortReason)
    {
        _isAborted = true;
        _inner.Abort(abortReason);
    }

    public override async ValueTask DisposeAsync()
    {
        await _inner.DisposeAsync();
        if (!_isDetached)
        {
            LibC.CloseSocket(_descriptor, _isAborted);
        }

        await base.DisposeAsync();
    }
}

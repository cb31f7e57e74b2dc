using System.Net;
using System.Net.Sockets;
using LiveStreams.Api.Connections;
using Microsoft.AspNetCore.Connections;

namespace LiveStreams.Api.Epoll;

/// <summary>
/// Accepts connections whose descriptors are ours (<see cref="EpollConnection"/>). When no descriptor is left, it tries
/// again after a pause.
/// </summary>
internal sealed class EpollListener : EpollTarget, IConnectionListener
{
    /// <summary>Those that connect meanwhile wait in the kernel's backlog.</summary>
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(100);

    private readonly Socket _socket;
    private readonly EpollReactor _reactor;
    private readonly DescriptorLimit _limit;
    private readonly Func<int, EpollConnection> _create;
    private readonly TimeProvider _time;
    private readonly EpollWait<bool> _wait = new();
    private readonly Lock _gate = new();
    private readonly SocketAddress _peer;
    private readonly bool _isInternet;
    private volatile bool _isUnbound;

    /// <param name="socket">The bound socket, which it listens on and disposes.</param>
    /// <param name="backlog">How many connections may wait to be accepted.</param>
    /// <param name="reactor">The reactor that says when a connection waits.</param>
    /// <param name="limit">Which connections are closed at once.</param>
    /// <param name="create">Makes a connection of a descriptor.</param>
    /// <param name="time">The time.</param>
    public EpollListener(
        Socket socket,
        int backlog,
        EpollReactor reactor,
        DescriptorLimit limit,
        Func<int, EpollConnection> create,
        TimeProvider time)
        : base((int)socket.Handle)
    {
        (_socket, _reactor, _limit, _create, _time) = (socket, reactor, limit, create, time);
        EndPoint = socket.LocalEndPoint!;
        _isInternet = EndPoint is IPEndPoint;
        _peer = EndPoint.Serialize();
        socket.Blocking = false;
        socket.Listen(backlog);
        reactor.Watch(this, events: 0);
    }

    public EndPoint EndPoint { get; }

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (!_isUnbound)
        {
            var descriptor = TryAccept(out var error);
            if (descriptor >= 0)
            {
                if (TryCreate(descriptor) is { } connection)
                {
                    return connection;
                }
            }
            else if (error == LibC.TryAgain)
            {
                await WaitAsync();
            }
            else if (error is not (LibC.ConnectionAborted or LibC.Interrupted))
            {
                if (IsShortage(error))
                {
                    _limit.WarnOfShortage();
                }

                await Task.Delay(_pause, _time, cancellationToken);
            }
        }

        return null;
    }

    public override void OnReady(uint events) => _wait.Complete(true);

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (!_isUnbound)
            {
                _isUnbound = true;
                _reactor.Forget(this);
                _socket.Dispose();
                _wait.Complete(false);
            }
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => UnbindAsync();

    private static bool IsShortage(int error) =>
        error is LibC.TooManyFiles or LibC.TooManyFilesInSystem or LibC.OutOfBuffers or LibC.OutOfMemory;

    private int TryAccept(out int error)
    {
        try
        {
            var descriptor = LibC.Accept(_socket.SafeHandle, _peer);
            error = descriptor < 0 ? LibC.LastError : 0;
            return descriptor;
        }
        catch (ObjectDisposedException) when (_isUnbound)
        {
            error = LibC.InvalidArgument;
            return -1;
        }
    }

    private EpollConnection? TryCreate(int descriptor)
    {
        if (!_limit.MayKeep(descriptor))
        {
            LibC.CloseSocket(descriptor, isAborted: false);
            return null;
        }

        var connection = _create(descriptor);
        try
        {
            // Clients of a Unix socket have no address.
            connection.RemoteEndPoint = _isInternet ? EndPoint.Create(_peer) : null;
            connection.LocalEndPoint = FindLocalEndPoint(descriptor);
            connection.Open();
            return connection;
        }
        catch (IOException)
        {
            // The kernel watches no more descriptors (/proc/sys/fs/epoll/max_user_watches), or has no memory.
            connection.Abort();
            _limit.WarnOfWatches();
            return null;
        }
        catch
        {
            connection.Abort();
            throw;
        }
    }

    // The address that the client has connected to, if this listens on several.
    private EndPoint FindLocalEndPoint(int descriptor)
    {
        if (EndPoint is not IPEndPoint { Address: var address }
            || !(address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)))
        {
            return EndPoint;
        }

        var name = EndPoint.Serialize();
        return LibC.TryGetName(descriptor, name) ? EndPoint.Create(name) : EndPoint;
    }

    // One shot, so that it is reported once, however many connect before it waits again. What has come before the wait
    // is reported, too.
    private async ValueTask WaitAsync()
    {
        ValueTask<bool> ready;
        lock (_gate)
        {
            if (_isUnbound)
            {
                return;
            }

            ready = _wait.Begin();
            _reactor.Change(this, EpollEvents.Readable | EpollEvents.OneShot);
        }

        await ready;
    }
}

using System.Buffers;
using System.Net;
using System.Net.Sockets;
using LiveStreams.Api.Connections;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace LiveStreams.Api.Epoll;

/// <summary>
/// Listens with <see cref="EpollListener"/>. Kestrel's sockets, with their settings, still carry every connection until
/// its descriptor is taken.
/// </summary>
internal sealed class EpollListenerFactory
    : IConnectionListenerFactory, IConnectionListenerFactorySelector, IMemoryPoolFeature, IDisposable
{
    private readonly SocketTransportFactory _sockets;
    private readonly SocketTransportOptions _options;
    private readonly SocketConnectionContextFactory _connections;
    private readonly EpollReactor _reactor;
    private readonly DescriptorLimit _limit;
    private readonly TimeProvider _time;

    public EpollListenerFactory(
        SocketTransportFactory sockets,
        IOptions<SocketTransportOptions> options,
        EpollReactor reactor,
        DescriptorLimit limit,
        IMemoryPoolFactory<byte> pools,
        TimeProvider time,
        ILoggerFactory logs)
    {
        MemoryPool = pools.Create();
        (_sockets, _options, _reactor, _limit, _time) = (sockets, options.Value, reactor, limit, time);
        _connections = new SocketConnectionContextFactory(
            new SocketConnectionFactoryOptions
            {
                IOQueueCount = _options.IOQueueCount,
                MaxReadBufferSize = _options.MaxReadBufferSize,
                MaxWriteBufferSize = _options.MaxWriteBufferSize,
                UnsafePreferInlineScheduling = _options.UnsafePreferInlineScheduling,
                WaitForDataBeforeAllocatingBuffer = _options.WaitForDataBeforeAllocatingBuffer,
            },
            logs.CreateLogger("Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets"));
    }

    /// <summary>
    /// The memory of HTTP. <see cref="SocketConnectionContextFactory"/> (.NET 10) takes another pool if it is not made
    /// by Kestrel, and that one rents no memory if it is asked for none in particular, as HTTP does before headers are
    /// sent.
    /// </summary>
    public MemoryPool<byte> MemoryPool { get; }

    public bool CanBind(EndPoint endpoint) => _sockets.CanBind(endpoint);

    /// <exception cref="AddressInUseException">Another socket listens there.</exception>
    public ValueTask<IConnectionListener> BindAsync(
        EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        try
        {
            return ValueTask.FromResult<IConnectionListener>(Listen(_options.CreateBoundListenSocket(endpoint)));
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new AddressInUseException(exception.Message, exception);
        }
    }

    public void Dispose()
    {
        _connections.Dispose();
        MemoryPool.Dispose();
    }

    private EpollListener Listen(Socket socket)
    {
        if (socket.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6)
        {
            // Accepted sockets inherit it.
            socket.NoDelay = _options.NoDelay;
        }

        return new EpollListener(socket, _options.Backlog, _reactor, _limit, Create, _time);
    }

    private ConnectionContext Create(Socket socket)
    {
        var connection = _connections.Create(socket);
        connection.Features.Set<IMemoryPoolFeature>(this);
        return connection;
    }
}

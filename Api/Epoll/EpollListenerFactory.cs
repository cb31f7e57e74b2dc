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
/// Listens with <see cref="EpollListener"/>, on sockets that are made and configured as those of Kestrel's own
/// transport.
/// </summary>
internal sealed class EpollListenerFactory
    : IConnectionListenerFactory, IConnectionListenerFactorySelector, IMemoryPoolFeature, IDisposable
{
    private readonly SocketTransportFactory _sockets;
    private readonly SocketTransportOptions _options;
    private readonly EpollReactors _reactors;
    private readonly DescriptorLimit _limit;
    private readonly TimeProvider _time;

    public EpollListenerFactory(
        SocketTransportFactory sockets,
        IOptions<SocketTransportOptions> options,
        EpollReactors reactors,
        DescriptorLimit limit,
        IMemoryPoolFactory<byte> pools,
        TimeProvider time)
    {
        MemoryPool = pools.Create();
        (_sockets, _options, _reactors, _limit, _time) = (sockets, options.Value, reactors, limit, time);
    }

    /// <summary>The memory of HTTP.</summary>
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

    public void Dispose() => MemoryPool.Dispose();

    private EpollListener Listen(Socket socket)
    {
        if (socket.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6)
        {
            // Accepted sockets inherit it.
            socket.NoDelay = _options.NoDelay;
        }

        return new EpollListener(
            socket,
            _options.Backlog,
            _reactors.Next(),
            _limit,
            descriptor => new EpollConnection(descriptor, _reactors.Next(), this),
            _time);
    }
}

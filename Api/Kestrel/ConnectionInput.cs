using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using LiveStreams.Api.Connections;
using LiveStreams.Api.Epoll;
using LiveStreams.Core.Metrics;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace LiveStreams.Api.Kestrel;

/// <summary>
/// What the client of an event stream sends, which should be nothing. Once HTTP has left the connection, the server
/// itself must see to it that such input ends the stream, and that the kernel keeps little of it.
/// </summary>
internal sealed class ConnectionInput(ConnectionContext connection, ServerMetrics metrics)
{
    private readonly PipeReader _reader = connection.Transport.Input;
    private readonly EpollConnection? _epoll = connection.Features.Get<EpollConnection>();
    private readonly Socket? _socket = connection.Features.Get<IConnectionSocketFeature>()?.Socket;

    /// <summary>Whether it is watched, so that HTTP may not read it.</summary>
    public bool IsWatched { get; private set; }

    /// <summary>Closes the connection as soon as the client sends anything more.</summary>
    /// <param name="isEncrypted">
    /// Whether the connection carries TLS. The watch stands before TLS, so it sees encrypted bytes. They may be what a
    /// client sends when it closes (close_notify), so they end the stream, but are not counted.
    /// </param>
    public void Watch(bool isEncrypted)
    {
        ShrinkBuffer();
        IsWatched = true;
        new InputWatch(_reader, connection.Abort, isEncrypted ? null : metrics).Start();
    }

    /// <summary>However much a client sends at once from now on, the kernel keeps little of it.</summary>
    public void ShrinkBuffer()
    {
        _epoll?.ShrinkReceiveBuffer();
        try
        {
            if (_socket?.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6)
            {
                _socket.ReceiveBufferSize = ConnectionBuffers.MinReceiveBytes;
            }
        }
        catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
        {
            // The connection is closed already.
        }
    }

    /// <summary>What has been received and not yet read.</summary>
    public byte[] TakeReceived()
    {
        try
        {
            if (!_reader.TryRead(out var read))
            {
                return [];
            }

            var received = read.Buffer.ToArray();
            _reader.AdvanceTo(read.Buffer.End);
            return received;
        }
        catch (Exception exception) when (InputWatch.IsEnd(exception))
        {
            // The client is gone, which whoever watches the connection will find, too.
            return [];
        }
    }
}

using LiveStreams.Bench.Native;

namespace LiveStreams.Bench.Load;

/// <summary>A non-blocking TCP connection to a server on this machine.</summary>
internal sealed class ClientSocket : IDisposable
{
    /// <summary>
    /// One local address has about 28,000 ports for connections to one server; the streams beyond this many use the
    /// next address.
    /// </summary>
    private const int StreamsPerAddress = 20_000;

    private readonly Epoll _epoll;
    private readonly int _token;
    private readonly int _descriptor;
    private byte[] _unsent = [];

    public ClientSocket(Epoll epoll, int port, int token)
    {
        _epoll = epoll;
        _token = token;
        _descriptor = TcpSocket.Create();
        TcpSocket.SetNoDelay(_descriptor);
        TcpSocket.SetBindAddressNoPort(_descriptor);
        TcpSocket.Bind(_descriptor, port: 0, host: 1 + (token / StreamsPerAddress));
        TcpSocket.Connect(_descriptor, port);
        _epoll.Add(_descriptor, Epoll.Readable, token);
    }

    /// <summary>
    /// Sends the bytes, now or as soon as there is room. The bytes of the previous call must have been sent.
    /// </summary>
    public void Send(ReadOnlySpan<byte> bytes)
    {
        var sent = TrySend(bytes);
        if (sent < bytes.Length)
        {
            _unsent = bytes[sent..].ToArray();
            _epoll.Modify(_descriptor, Epoll.Readable | Epoll.Writable, _token);
        }
    }

    public void OnWritable()
    {
        _unsent = _unsent[TrySend(_unsent)..];
        if (_unsent.Length == 0)
        {
            _epoll.Modify(_descriptor, Epoll.Readable, _token);
        }
    }

    /// <summary>
    /// Returns the number of bytes read; 0 when the server has closed; -1 when there is nothing to read.
    /// </summary>
    public int Receive(Span<byte> buffer)
    {
        var count = TcpSocket.Receive(_descriptor, buffer);
        return count >= 0 || TcpSocket.WouldBlock() ? count : throw SystemCall.LastError("recv");
    }

    public void Dispose() => TcpSocket.Close(_descriptor);

    private int TrySend(ReadOnlySpan<byte> bytes)
    {
        var count = TcpSocket.Send(_descriptor, bytes);
        return count >= 0 ? count
            : TcpSocket.WouldBlock() ? 0
            : throw SystemCall.LastError("send");
    }
}

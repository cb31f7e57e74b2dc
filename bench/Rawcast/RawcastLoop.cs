using LiveStreams.Bench.Native;

namespace LiveStreams.Bench.Rawcast;

/// <summary>
/// The baseline: the least work a server can do that makes one send per subscriber and update. It has one thread, no
/// pages, no ids, no history, and reads nothing of a request's head but its first letter. The difference between
/// another server and this one is the cost of those features.
/// </summary>
internal sealed class RawcastLoop : IDisposable
{
    private const int Backlog = 65_535;
    private const int BufferBytes = 64 * 1024;
    private const int ListenerToken = 0;
    private readonly Epoll _epoll = new();
    private readonly int _listener;
    private readonly List<int> _subscribers = [];
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferBytes, pinned: true);
    private readonly byte[] _frame = GC.AllocateUninitializedArray<byte>(BufferBytes, pinned: true);

    private RawcastLoop(int port)
    {
        _listener = TcpSocket.Create();
        TcpSocket.SetReuseAddress(_listener);
        TcpSocket.Bind(_listener, port);
        TcpSocket.Listen(_listener, Backlog);
        _epoll.Add(_listener, Epoll.Readable, ListenerToken);
    }

    private static ReadOnlySpan<byte> StreamHead => "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"u8;

    private static ReadOnlySpan<byte> PublishResponse => "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"u8;

    private static ReadOnlySpan<byte> FrameStart => "id: 1\ndata: "u8;

    private static ReadOnlySpan<byte> FrameEnd => "\n\n"u8;

    /// <summary>Serves a port of 127.0.0.1 until the process is killed.</summary>
    public static void Serve(int port)
    {
        using var loop = new RawcastLoop(port);
        loop.Run();
    }

    public void Dispose()
    {
        TcpSocket.Close(_listener);
        _epoll.Dispose();
    }

    private void Run()
    {
        while (true)
        {
            var count = _epoll.Wait(Timeout.Infinite);
            for (var i = 0; i < count; i++)
            {
                // A connection's token is its descriptor.
                var token = _epoll.Ready(i, out _);
                if (token == ListenerToken)
                {
                    AcceptAll();
                }
                else
                {
                    OnReadable(token);
                }
            }
        }
    }

    private void AcceptAll()
    {
        int connection;
        while ((connection = TcpSocket.Accept(_listener)) >= 0)
        {
            TcpSocket.SetNoDelay(connection);
            _epoll.Add(connection, Epoll.Readable, connection);
        }
    }

    // A request fits into one read: the load generator sends only small requests, each with a single send.
    private void OnReadable(int connection)
    {
        var count = TcpSocket.Receive(connection, _buffer);
        if (count > 0)
        {
            Handle(connection, _buffer.AsSpan(0, count));
        }
        else if (count == 0 || !TcpSocket.WouldBlock())
        {
            _subscribers.Remove(connection);
            TcpSocket.Close(connection);
        }
    }

    // A send that fails because the socket's buffer is full is not repeated: the subscriber misses the update, and the
    // load generator fails the run.
    private void Handle(int connection, ReadOnlySpan<byte> request)
    {
        if (request[0] == 'G')
        {
            TcpSocket.Send(connection, StreamHead);
            _subscribers.Add(connection);
            return;
        }

        var frame = EncodeFrame(request[(request.IndexOf("\r\n\r\n"u8) + 4)..]);
        foreach (var subscriber in _subscribers)
        {
            TcpSocket.Send(subscriber, frame);
        }

        TcpSocket.Send(connection, PublishResponse);
    }

    private ReadOnlySpan<byte> EncodeFrame(ReadOnlySpan<byte> data)
    {
        FrameStart.CopyTo(_frame);
        data.CopyTo(_frame.AsSpan(FrameStart.Length));
        FrameEnd.CopyTo(_frame.AsSpan(FrameStart.Length + data.Length));
        return _frame.AsSpan(0, FrameStart.Length + data.Length + FrameEnd.Length);
    }
}

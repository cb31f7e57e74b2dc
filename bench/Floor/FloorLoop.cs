using System.Globalization;
using System.Runtime.InteropServices;
using LiveStreams.Bench.Load;
using LiveStreams.Bench.Native;

namespace LiveStreams.Bench.Floor;

/// <summary>
/// The least a server can do that sends one write to each subscriber for each update: one thread, no pages, no ids, no history, no
/// HTTP beyond the first letter of a request. What a server with all of that takes more than this is what it costs.
/// </summary>
internal sealed unsafe class FloorLoop : IDisposable
{
    private const int Backlog = 65_535;
    private const int BufferBytes = 64 * 1024;
    private const int ListenerToken = 0;
    private readonly Epoll _epoll = new();
    private readonly int _listener;
    private readonly List<int> _subscribers = [];
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferBytes, pinned: true);
    private readonly byte[] _frame = GC.AllocateUninitializedArray<byte>(BufferBytes, pinned: true);

    private FloorLoop(int port)
    {
        _listener = Libc.Check(Libc.Socket(Libc.AddressFamilyInternet, Libc.StreamSocket | Libc.NonBlocking, 0), "socket");
        Libc.Check(Libc.SetSocketOption(_listener, Libc.LevelSocket, Libc.ReuseAddress, 1, sizeof(int)), "setsockopt SO_REUSEADDR");
        Libc.Check(Libc.Bind(_listener, InternetAddress.Loopback(port), InternetAddress.Size), "bind");
        Libc.Check(Libc.Listen(_listener, Backlog), "listen");
        _epoll.Add(_listener, Epoll.Readable, ListenerToken);
    }

    private static ReadOnlySpan<byte> StreamHead => "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"u8;

    private static ReadOnlySpan<byte> Answer => "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"u8;

    private static ReadOnlySpan<byte> FrameStart => "id: 1\ndata: "u8;

    private static ReadOnlySpan<byte> FrameEnd => "\n\n"u8;

    /// <summary>What the process does that <see cref="Servers.FloorServer"/> starts, until it is ended.</summary>
    public static int Serve(string port)
    {
        using var loop = new FloorLoop(int.Parse(port, CultureInfo.InvariantCulture));
        loop.Run();
        return 0;
    }

    public void Dispose()
    {
        _ = Libc.Close(_listener);
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
                    Accept();
                }
                else
                {
                    Serve(token);
                }
            }
        }
    }

    private void Accept()
    {
        int connection;
        while ((connection = Libc.Accept(_listener, 0, 0, Libc.NonBlocking)) >= 0)
        {
            Libc.Check(Libc.SetSocketOption(connection, Libc.LevelTcp, Libc.TcpNoDelay, 1, sizeof(int)), "setsockopt TCP_NODELAY");
            _epoll.Add(connection, Epoll.Readable, connection);
        }
    }

    // A request fits into one read: the load side sends small ones, each at once.
    private void Serve(int connection)
    {
        fixed (byte* start = _buffer)
        {
            var count = (int)Libc.Receive(connection, start, BufferBytes, 0);
            if (count > 0)
            {
                Handle(connection, new ReadOnlySpan<byte>(start, count));
            }
            else if (count == 0 || Marshal.GetLastPInvokeError() != Libc.TryAgain)
            {
                _subscribers.Remove(connection);
                _ = Libc.Close(connection);
            }
        }
    }

    private void Handle(int connection, ReadOnlySpan<byte> request)
    {
        if (request[0] == 'G')
        {
            Send(connection, StreamHead);
            _subscribers.Add(connection);
            return;
        }

        var frame = Frame(request[(request.IndexOf("\r\n\r\n"u8) + 4)..]);
        foreach (var subscriber in _subscribers)
        {
            Send(subscriber, frame);
        }

        Send(connection, Answer);
    }

    private ReadOnlySpan<byte> Frame(ReadOnlySpan<byte> data)
    {
        FrameStart.CopyTo(_frame);
        data.CopyTo(_frame.AsSpan(FrameStart.Length));
        FrameEnd.CopyTo(_frame.AsSpan(FrameStart.Length + data.Length));
        return _frame.AsSpan(0, FrameStart.Length + data.Length + FrameEnd.Length);
    }

    // What a full socket does not take is lost, and a run that comes so far fails for it.
    private static void Send(int connection, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            _ = Libc.Send(connection, start, bytes.Length, Libc.NoSignal);
        }
    }
}

using System.Runtime.InteropServices;
using LiveStreams.Bench.Native;

namespace LiveStreams.Bench.Load;

/// <summary>One TCP connection to a server on this machine that never waits: what cannot be sent yet is sent when there is room.</summary>
internal sealed unsafe class ClientSocket : IDisposable
{
    /// <summary>An address has some 28,000 ports for its connections to one server; the next streams come from the next address.</summary>
    private const int StreamsPerAddress = 20_000;

    private readonly Epoll _epoll;
    private readonly int _token;
    private readonly int _descriptor;
    private byte[] _unsent = [];

    public ClientSocket(Epoll epoll, int port, int token)
    {
        _epoll = epoll;
        _token = token;
        _descriptor = Libc.Check(Libc.Socket(Libc.AddressFamilyInternet, Libc.StreamSocket | Libc.NonBlocking, 0), "socket");
        Libc.Check(Libc.SetSocketOption(_descriptor, Libc.LevelTcp, Libc.TcpNoDelay, 1, sizeof(int)), "setsockopt TCP_NODELAY");
        Libc.Check(Libc.SetSocketOption(_descriptor, Libc.LevelIp, Libc.BindAddressNoPort, 1, sizeof(int)), "setsockopt IP_BIND_ADDRESS_NO_PORT");
        Libc.Check(Libc.Bind(_descriptor, InternetAddress.Loopback(0, 1 + (token / StreamsPerAddress)), InternetAddress.Size), "bind");
        if (Libc.Connect(_descriptor, InternetAddress.Loopback(port), InternetAddress.Size) < 0 && Marshal.GetLastPInvokeError() != Libc.InProgress)
        {
            throw Libc.Error("connect");
        }

        _epoll.Add(_descriptor, Epoll.Readable, token);
    }

    /// <summary>Sends all, now or as soon as there is room. Not before the last call's bytes are gone.</summary>
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

    /// <summary>Bytes read into a pinned buffer; 0: the server has closed; -1: nothing there now.</summary>
    public int Receive(Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            var count = (int)Libc.Receive(_descriptor, start, buffer.Length, 0);
            return count >= 0 || Marshal.GetLastPInvokeError() == Libc.TryAgain ? count : throw Libc.Error("recv");
        }
    }

    public void Dispose() => _ = Libc.Close(_descriptor);

    private int TrySend(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            var count = (int)Libc.Send(_descriptor, start, bytes.Length, Libc.NoSignal);
            return count >= 0 ? count
                : Marshal.GetLastPInvokeError() == Libc.TryAgain ? 0
                : throw Libc.Error("send");
        }
    }
}

using System.Buffers.Binary;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace LiveStreams.Bench.Native;

/// <summary>
/// System calls on non-blocking IPv4 sockets. The load generator and rawcast use them instead of
/// <see cref="System.Net.Sockets.Socket"/>, so that a measurement contains none of .NET's socket layer.
/// </summary>
internal static unsafe class TcpSocket
{
    public static int Create() => SystemCall.ThrowIfFailed(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), "socket");

    public static void SetNoDelay(int descriptor) =>
        SetOption(descriptor, IPPROTO_TCP, TCP_NODELAY, "setsockopt TCP_NODELAY");

    public static void SetReuseAddress(int descriptor) =>
        SetOption(descriptor, SOL_SOCKET, SO_REUSEADDR, "setsockopt SO_REUSEADDR");

    /// <summary>Lets connect choose the local port, which then must be unique per destination only.</summary>
    public static void SetBindAddressNoPort(int descriptor) =>
        SetOption(descriptor, SOL_IP, IP_BIND_ADDRESS_NO_PORT, "setsockopt IP_BIND_ADDRESS_NO_PORT");

    /// <summary>Binds to 127.0.0.<paramref name="host"/>; the kernel chooses a port when it is 0.</summary>
    public static void Bind(int descriptor, int port, int host = 1)
    {
        var address = Loopback(port, host);
        SystemCall.ThrowIfFailed(bind(descriptor, (sockaddr*)&address, sizeof(sockaddr_in)), "bind");
    }

    public static void Listen(int descriptor, int backlog) =>
        SystemCall.ThrowIfFailed(listen(descriptor, backlog), "listen");

    /// <summary>Starts to connect to a port of 127.0.0.1; the socket is writable once it is connected.</summary>
    public static void Connect(int descriptor, int port)
    {
        var address = Loopback(port, host: 1);
        if (connect(descriptor, (sockaddr*)&address, sizeof(sockaddr_in)) < 0 && errno != EINPROGRESS)
        {
            throw SystemCall.LastError("connect");
        }
    }

    /// <summary>Returns the next connection as a non-blocking socket; -1 when none is waiting.</summary>
    public static int Accept(int listener) => accept4(listener, null, null, SOCK_NONBLOCK);

    /// <summary>
    /// Returns the number of bytes read; 0 when the peer has closed; -1 when there is nothing to read or on an error.
    /// </summary>
    public static int Receive(int descriptor, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            return (int)recv(descriptor, start, buffer.Length, 0);
        }
    }

    /// <summary>Returns the number of bytes sent; -1 when there is no room or on an error.</summary>
    public static int Send(int descriptor, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            return (int)send(descriptor, start, bytes.Length, MSG_NOSIGNAL);
        }
    }

    /// <summary>Whether the last call on this thread failed only because it would have blocked.</summary>
    public static bool WouldBlock() => errno == EAGAIN;

    public static void Close(int descriptor) => _ = close(descriptor);

    private static void SetOption(int descriptor, int level, int option, string call)
    {
        var enabled = 1;
        SystemCall.ThrowIfFailed(setsockopt(descriptor, level, option, &enabled, sizeof(int)), call);
    }

    private static sockaddr_in Loopback(int port, int host)
    {
        var address = new sockaddr_in { sin_family = AF_INET, sin_port = htons((ushort)port) };
        BinaryPrimitives.WriteUInt32BigEndian(new Span<byte>(address.sin_addr.s_addr, 4), 0x7F00_0000u + (uint)host);
        return address;
    }
}

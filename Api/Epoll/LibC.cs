using System.Net;
using System.Runtime.InteropServices;
using LiveStreams.Api.Connections;

namespace LiveStreams.Api.Epoll;

/// <summary>
/// The calls of Linux on descriptors that no <see cref="System.Net.Sockets.Socket"/> owns. Their constants are those of
/// x86-64 and of arm64.
/// </summary>
internal static partial class LibC
{
    public const int Interrupted = 4;
    public const int TryAgain = 11;
    public const int OutOfMemory = 12;
    public const int InvalidArgument = 22;
    public const int TooManyFilesInSystem = 23;
    public const int TooManyFiles = 24;
    public const int ConnectionAborted = 103;
    public const int OutOfBuffers = 105;

    private const string Library = "libc";

    /// <summary>SOCK_NONBLOCK and SOCK_CLOEXEC.</summary>
    private const int NonBlockingAndNotInherited = 0x800 | 0x80000;

    /// <summary>MSG_DONTWAIT and MSG_NOSIGNAL.</summary>
    private const int WithoutWaitOrSignal = 0x40 | 0x4000;

    private const int SocketLevel = 1;
    private const int ReceiveBuffer = 8;
    private const int Linger = 13;

    /// <summary>EPOLL_CLOEXEC and EFD_CLOEXEC.</summary>
    private const int NotInherited = 0x80000;

    /// <summary>The error number of the call that this thread made last.</summary>
    public static int LastError => Marshal.GetLastPInvokeError();

    /// <summary>Whether the call that this thread made last would have had to wait, or was interrupted.</summary>
    public static bool IsTryAgain => LastError is TryAgain or Interrupted;

    /// <summary>Accepts a connection as a non-blocking socket, or returns -1.</summary>
    /// <param name="listener">The listening socket.</param>
    /// <param name="peer">Receives the address of the peer.</param>
    /// <exception cref="ObjectDisposedException">The listening socket is closed.</exception>
    public static int Accept(SafeHandle listener, SocketAddress peer)
    {
        var length = (uint)peer.Buffer.Length;
        var socket = accept4(listener, peer.Buffer.Span, ref length, NonBlockingAndNotInherited);
        if (socket >= 0)
        {
            peer.Size = (int)Math.Min(length, (uint)peer.Buffer.Length);
        }

        return socket;
    }

    /// <summary>Reads the address of this side of a socket; false if it is closed.</summary>
    public static bool TryGetName(int socket, SocketAddress name)
    {
        var length = (uint)name.Buffer.Length;
        return getsockname(socket, name.Buffer.Span, ref length) == 0;
    }

    /// <summary>Lets the kernel hold as little as it can of what the peer sends.</summary>
    public static void ShrinkReceiveBuffer(int socket) =>
        _ = setsockopt(socket, SocketLevel, ReceiveBuffer, [ConnectionBuffers.MinReceiveBytes], sizeof(int));

    /// <summary>Sends what the kernel takes without waiting, or returns -1.</summary>
    public static int Send(int socket, ReadOnlySpan<byte> bytes) =>
        (int)send(socket, bytes, (nuint)bytes.Length, WithoutWaitOrSignal);

    /// <summary>Receives without waiting. 0 if the peer sends nothing more, and -1 for an error.</summary>
    public static int Receive(int socket, Span<byte> buffer) =>
        (int)recv(socket, buffer, (nuint)buffer.Length, WithoutWaitOrSignal);

    /// <summary>Closes a socket.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="isAborted">Whether the peer is sent a reset, and not what is still unsent.</param>
    public static void CloseSocket(int socket, bool isAborted)
    {
        if (isAborted)
        {
            // struct linger: on, and no time.
            _ = setsockopt(socket, SocketLevel, Linger, [1, 0], 2 * sizeof(int));
        }

        _ = close(socket);
    }

    public static void Close(int descriptor) => _ = close(descriptor);

    public static int CreateEpoll() => ThrowIfFailed(epoll_create1(NotInherited));

    public static int CreateEvent() => ThrowIfFailed(eventfd(0, NotInherited));

    public static void SignalEvent(int descriptor) =>
        ThrowIfFailed((int)write(descriptor, BitConverter.GetBytes(1L), sizeof(long)));

    public static int ControlEpoll(int epoll, int operation, int descriptor, ReadOnlySpan<byte> change) =>
        epoll_ctl(epoll, operation, descriptor, change);

    /// <summary>Waits until something is ready, and returns how many are; 0 if a signal has ended the wait.</summary>
    public static int WaitEpoll(int epoll, Span<byte> events, int maxEvents)
    {
        var count = epoll_wait(epoll, events, maxEvents, timeout: -1);
        return count < 0 && LastError == Interrupted ? 0 : ThrowIfFailed(count);
    }

    private static int ThrowIfFailed(int result) =>
        result >= 0 ? result : throw new IOException(Marshal.GetPInvokeErrorMessage(LastError));

    [LibraryImport(Library, SetLastError = true)]
    private static partial int accept4(SafeHandle socket, Span<byte> address, ref uint length, int flags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int getsockname(int socket, Span<byte> address, ref uint length);

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint send(int socket, ReadOnlySpan<byte> buffer, nuint length, int flags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint recv(int socket, Span<byte> buffer, nuint length, int flags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int setsockopt(int socket, int level, int name, ReadOnlySpan<int> value, uint length);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int close(int descriptor);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int epoll_ctl(int epoll, int operation, int descriptor, ReadOnlySpan<byte> change);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int epoll_wait(int epoll, Span<byte> events, int maxEvents, int timeout);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int eventfd(uint value, int flags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint write(int descriptor, ReadOnlySpan<byte> bytes, nuint length);
}

using System.Runtime.InteropServices;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace LiveStreams.Bench.Native;

/// <summary>Reports which sockets are ready (epoll(7)). Each is identified by the token it was added with.</summary>
internal sealed unsafe class Epoll : IDisposable
{
    private const int MaxEvents = 1024;

    private readonly int _descriptor = SystemCall.ThrowIfFailed(epoll_create1(0), "epoll_create1");
    private readonly epoll_event* _events =
        (epoll_event*)NativeMemory.AllocZeroed(MaxEvents, (nuint)sizeof(epoll_event));

    public static int Readable => EPOLLIN;

    public static int Writable => EPOLLOUT;

    public void Add(int descriptor, int events, int token) => Control(EPOLL_CTL_ADD, descriptor, events, token);

    public void Modify(int descriptor, int events, int token) => Control(EPOLL_CTL_MOD, descriptor, events, token);

    /// <summary>Waits until a socket is ready or the time is over, and returns how many sockets are ready.</summary>
    public int Wait(int milliseconds)
    {
        var count = epoll_wait(_descriptor, _events, MaxEvents, milliseconds);
        return count >= 0 ? count
            : errno == EINTR ? 0
            : throw SystemCall.LastError("epoll_wait");
    }

    /// <summary>
    /// Returns the token of a socket that <see cref="Wait"/> found ready. A socket that has failed counts as readable:
    /// reading from it returns the error.
    /// </summary>
    public int Ready(int index, out bool isWritable)
    {
        ref readonly var ready = ref _events[index];
        isWritable = (ready.events & EPOLLOUT) != 0;
        return (int)ready.data.u64;
    }

    public void Dispose()
    {
        NativeMemory.Free(_events);
        TcpSocket.Close(_descriptor);
    }

    private void Control(int operation, int descriptor, int events, int token)
    {
        var change = new epoll_event { events = events };
        change.data.u64 = (ulong)token;
        SystemCall.ThrowIfFailed(epoll_ctl(_descriptor, operation, descriptor, &change), "epoll_ctl");
    }
}

using System.Runtime.InteropServices;
using LiveStreams.Bench.Native;

namespace LiveStreams.Bench.Load;

/// <summary>Which sockets are ready, each told by the token it was added with.</summary>
internal sealed unsafe class Epoll : IDisposable
{
    public const uint Readable = 0x001;
    public const uint Writable = 0x004;
    private const int MaxEvents = 1024;
    private const int AddOperation = 1;
    private const int ModifyOperation = 3;

    // struct epoll_event is packed on x86-64 and nowhere else: 32 bits of events, then 64 bits of the user's.
    private static readonly int _dataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int _eventSize = _dataOffset + 8;

    private readonly int _descriptor = Libc.Check(Libc.EpollCreate(0), "epoll_create1");
    private readonly byte* _events = (byte*)NativeMemory.AllocZeroed((nuint)(MaxEvents * _eventSize));

    public void Add(int descriptor, uint events, int token) => Control(AddOperation, descriptor, events, token);

    public void Modify(int descriptor, uint events, int token) => Control(ModifyOperation, descriptor, events, token);

    /// <summary>Waits until at least one socket is ready or the time is over; returns how many are.</summary>
    public int Wait(int milliseconds)
    {
        var count = Libc.EpollWait(_descriptor, _events, MaxEvents, milliseconds);
        return count >= 0 ? count
            : Marshal.GetLastPInvokeError() == Libc.Interrupted ? 0
            : throw Libc.Error("epoll_wait");
    }

    /// <summary>What is ready, after <see cref="Wait"/>. A socket that has failed counts as readable, so that reading it tells.</summary>
    public int Ready(int index, out bool writable)
    {
        var ready = _events + (index * _eventSize);
        writable = (*(uint*)ready & Writable) != 0;
        return *(int*)(ready + _dataOffset);
    }

    public void Dispose()
    {
        NativeMemory.Free(_events);
        _ = Libc.Close(_descriptor);
    }

    private void Control(int operation, int descriptor, uint events, int token)
    {
        var change = stackalloc byte[16];
        *(uint*)change = events;
        *(long*)(change + _dataOffset) = token;
        Libc.Check(Libc.EpollControl(_descriptor, operation, descriptor, change), "epoll_ctl");
    }
}

using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace LiveStreams.Api.Epoll;

/// <summary>
/// A buffer of <c>struct epoll_event</c>: the events, and what was registered with them. It is packed on x86-64 only
/// (epoll_ctl(2)).
/// </summary>
internal readonly ref struct EpollEvents(Span<byte> buffer)
{
    public const uint Readable = 0x1;
    public const uint Writable = 0x4;

    /// <summary>EPOLLERR, EPOLLHUP and EPOLLRDHUP: the peer sends nothing more, or is gone.</summary>
    public const uint Gone = 0x8 | 0x10 | PeerClosed;

    public const uint PeerClosed = 0x2000;
    public const uint OneShot = 1u << 30;

    private static readonly int _dataOffset =
        RuntimeInformation.ProcessArchitecture == Architecture.X64 ? sizeof(uint) : sizeof(ulong);

    private readonly Span<byte> _buffer = buffer;

    /// <summary>The size of one event.</summary>
    public static int Size { get; } = _dataOffset + sizeof(ulong);

    public uint GetEvents(int index) => BinaryPrimitives.ReadUInt32LittleEndian(_buffer[(index * Size)..]);

    public ulong GetData(int index) =>
        BinaryPrimitives.ReadUInt64LittleEndian(_buffer[((index * Size) + _dataOffset)..]);

    public void Set(uint events, ulong data)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer, events);
        BinaryPrimitives.WriteUInt64LittleEndian(_buffer[_dataOffset..], data);
    }
}

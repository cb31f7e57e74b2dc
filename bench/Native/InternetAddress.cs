using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace LiveStreams.Bench.Native;

/// <summary>struct sockaddr_in.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct InternetAddress
{
    private readonly ushort _family = Libc.AddressFamilyInternet;
    private readonly ushort _port;
    private readonly uint _address;
    private readonly ulong _padding;

    private InternetAddress(uint address, int port) => (_address, _port) = (BinaryPrimitives.ReverseEndianness(address), BinaryPrimitives.ReverseEndianness((ushort)port));

    public static int Size => 16;

    /// <summary>127.0.0.host; port 0 lets the kernel choose.</summary>
    public static InternetAddress Loopback(int port, int host = 1) => new(0x7F00_0000u + (uint)host, port);
}

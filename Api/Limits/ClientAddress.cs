using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace LiveStreams.Api.Limits;

/// <summary>
/// A client, as limits by address count it. One household or server has at least a /64 of IPv6 (RFC 6177) and may use
/// any address in it, so a /64 is one client. IPv4 written as IPv6 (RFC 4291 §2.5.5.2) is IPv4. Behind a trusted proxy
/// (<c>Proxies:Trusted</c>) it is the visitor's address.
/// </summary>
internal readonly record struct ClientAddress(UInt128 Network)
{
    private static readonly UInt128 _subnet = UInt128.MaxValue << 64;

    private static ReadOnlySpan<byte> MappedPrefix => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

    public static ClientAddress Of(HttpContext context) => Of(context.Connection.RemoteIpAddress);

    /// <summary>All clients without an address, those of a Unix socket, are one.</summary>
    public static ClientAddress Of(IPAddress? address)
    {
        if (address is null)
        {
            return default;
        }

        Span<byte> bytes = stackalloc byte[16];
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            MappedPrefix.CopyTo(bytes);
            address.TryWriteBytes(bytes[MappedPrefix.Length..], out _);
        }
        else
        {
            address.TryWriteBytes(bytes, out _);
        }

        var network = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        return new ClientAddress(bytes.StartsWith(MappedPrefix) ? network : network & _subnet);
    }
}

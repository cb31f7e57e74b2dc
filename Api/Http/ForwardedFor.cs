using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Primitives;

namespace LiveStreams.Api.Http;

/// <summary>
/// Finds the visitor's address in <c>X-Forwarded-For</c>. Read from the right, where the nearest proxy writes, the
/// first address that is not trusted is the visitor's. ASP.NET's own middleware stops at an entry that it cannot read,
/// and then counts the visitor as the proxy.
/// </summary>
internal sealed class ForwardedFor(IReadOnlyList<System.Net.IPNetwork> trusted)
{
    private const int MaxIPv4Length = 15;

    /// <summary>
    /// Stands for every visitor whose address a trusted proxy does not say. No visitor has this address (RFC 1122
    /// §3.2.1.3), so they share the limits of one address, and nobody else's.
    /// </summary>
    public static IPAddress Unknown { get; } = IPAddress.Any;

    /// <summary>
    /// The visitor's address. <paramref name="peer"/> is null over a Unix socket, where every peer is trusted.
    /// </summary>
    public IPAddress? FindVisitor(IPAddress? peer, StringValues header)
    {
        var nearest = peer;
        for (var line = header.Count - 1; line >= 0; line--)
        {
            var rest = header[line].AsSpan();
            int comma;
            do
            {
                if (!IsTrusted(nearest))
                {
                    return nearest;
                }

                comma = rest.LastIndexOf(',');
                if (!TryParse(rest[(comma + 1)..].Trim(" \t"), out nearest))
                {
                    return Unknown;
                }

                rest = rest[..Math.Max(comma, 0)];
            }
            while (comma >= 0);
        }

        return nearest;
    }

    private bool IsTrusted(IPAddress? address)
    {
        if (address is null)
        {
            return true;
        }

        if (address.IsIPv4MappedToIPv6 && IsTrusted(address.MapToIPv4()))
        {
            return true;
        }

        foreach (var network in trusted)
        {
            if (network.Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    // An address, with a port or without one. IPv6 may be in brackets, and must be with a port.
    private static bool TryParse(ReadOnlySpan<char> entry, [NotNullWhen(true)] out IPAddress? address)
    {
        address = IPEndPoint.TryParse(entry, out var endPoint) ? endPoint.Address : null;
        return address is not null
            && (address.AddressFamily == AddressFamily.InterNetworkV6 || IsDotted(entry, address));
    }

    // The parser of .NET also reads 1, 0x7f.1 and 010.0.0.1 as addresses of IPv4.
    private static bool IsDotted(ReadOnlySpan<char> entry, IPAddress address)
    {
        Span<char> text = stackalloc char[MaxIPv4Length];
        address.TryFormat(text, out var length);
        return entry.StartsWith(text[..length]) && (entry.Length == length || entry[length] == ':');
    }
}

using System.Net;
using LiveStreams.Api.Http;

namespace LiveStreams.Api.Limits;

/// <summary>
/// Counts the connections of each address, so that one client cannot use up all with connections that send nothing. A
/// trusted proxy (<c>Proxies:Trusted</c>) has no limit, because the connections of all its visitors come from it, and
/// neither has a Unix socket.
/// </summary>
internal sealed class ConnectionLimiter(LimitOptions limits, IConfiguration configuration)
{
    private readonly AddressCounter _connections = new(limits.MaxConnectionsOfOneAddress);
    private readonly System.Net.IPNetwork[] _proxies = TrustedProxies.Read(configuration);

    /// <summary>
    /// Counts a connection until <see cref="Release"/>, which needs <paramref name="counted"/>; false when its address
    /// has reached the limit.
    /// </summary>
    public bool TryAcquire(EndPoint? client, out ClientAddress? counted)
    {
        counted = null;
        if (client is not IPEndPoint { Address: var address } || IsProxy(address))
        {
            return true;
        }

        counted = ClientAddress.Of(address);
        return _connections.TryAdd(counted.Value);
    }

    public void Release(ClientAddress? counted)
    {
        if (counted is { } address)
        {
            _connections.Remove(address);
        }
    }

    private bool IsProxy(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return Array.Exists(_proxies, proxy => proxy.Contains(plain));
    }
}

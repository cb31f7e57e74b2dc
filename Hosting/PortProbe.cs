using System.Net;
using System.Net.Sockets;

namespace LiveStreams.Hosting;

/// <summary>Whether this process could listen somewhere. It binds a socket and closes it at once.</summary>
public static class PortProbe
{
    /// <summary>Why it could not; null if it could.</summary>
    public static SocketError? FindError(IPEndPoint endPoint)
    {
        try
        {
            using var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(endPoint);
            return null;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode;
        }
    }

    /// <summary>
    /// Where the web server listens for a host and port. A host name other than localhost means every address.
    /// </summary>
    public static IPEndPoint EndPointOf(string host, int port) => new(
        IPAddress.TryParse(host, out var address) ? address
        : host.Equals("localhost", StringComparison.OrdinalIgnoreCase) ? IPAddress.Loopback
        : IPAddress.Any,
        port);
}

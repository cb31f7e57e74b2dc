using System.Net;
using System.Net.Sockets;
using LiveStreams.Grains;

namespace LiveStreams.Silo;

/// <summary>Whether a silo can listen where it is told to. Asked before the start, because Orleans says it with stack traces and aborts the process.</summary>
internal static class SiloPorts
{
    /// <exception cref="SettingException">The address is not this machine's, or a port is taken.</exception>
    public static void Check(ClusterSettings settings)
    {
        Check(settings.Address, nameof(settings.SiloPort), settings.SiloPort);
        Check(settings.Address, nameof(settings.GatewayPort), settings.GatewayPort);
    }

    private static void Check(string address, string setting, int port)
    {
        var endPoint = new IPEndPoint(IPAddress.Parse(address), port);
        try
        {
            using var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(endPoint);
        }
        catch (SocketException fault)
        {
            throw new SettingException(fault.SocketErrorCode switch
            {
                SocketError.AddressNotAvailable => $"Orleans:Address is {address}, which is not an address of this machine.",
                SocketError.AddressAlreadyInUse => $"Orleans:{setting} is {port}, which is in use on {address}; each silo of a machine needs two ports of its own.",
                _ => $"Orleans:{setting}: a silo cannot listen on {endPoint}: {fault.Message}.",
            });
        }
    }
}

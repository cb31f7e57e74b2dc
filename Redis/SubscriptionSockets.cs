using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace LiveStreams.Redis;

/// <summary>
/// The sockets of the connections for subscriptions. The client has no command to reconnect one, so it is done here.
/// </summary>
internal sealed class SubscriptionSockets
{
    private readonly ConcurrentDictionary<EndPoint, Socket> _sockets = new();

    /// <summary>Lets the client tell of each socket. Must be called before it connects.</summary>
    public void Watch(ConfigurationOptions configuration) =>
        configuration.BeforeSocketConnect = (server, type, socket) =>
        {
            if (type == ConnectionType.Subscription)
            {
                _sockets[server] = socket;
            }
        };

    /// <summary>
    /// Ends the connection for subscriptions to a server, if it has one of its own. The client makes a new one at once.
    /// </summary>
    public void Reconnect(EndPoint server)
    {
        try
        {
            if (_sockets.TryGetValue(server, out var socket))
            {
                socket.Shutdown(SocketShutdown.Both);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The connection has ended already.
        }
    }
}

using System.Net;
using System.Net.Sockets;

namespace LiveStreams.Api.Tests.Support;

/// <summary>A port of this machine that is in use until it is disposed.</summary>
internal sealed class TakenPort : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public TakenPort() => _listener.Start();

    public int Number => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose() => _listener.Dispose();
}

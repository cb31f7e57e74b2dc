using System.Net;
using System.Net.Sockets;
using LiveStreams.Grains;

namespace LiveStreams.Hosting.Silos;

/// <summary>
/// Checks, before a silo joins the cluster, that its process can listen where its settings say. Orleans reports a port
/// that is in use with stack traces and aborts the process, and the web server listens only after the silo has joined.
/// </summary>
internal sealed class SiloPorts(PageClusterOptions options, IConfiguration configuration)
{
    /// <exception cref="SettingException">
    /// The silo's address is not one of this machine, or a port of the silo or of the web server is in use.
    /// </exception>
    public void Check()
    {
        Check(options.Address, nameof(options.SiloPort), options.SiloPort);
        Check(options.Address, nameof(options.GatewayPort), options.GatewayPort);
        CheckUrls();
    }

    // The web server reports an address that is not a URL.
    private void CheckUrls()
    {
        // Kestrel:Endpoints replaces urls.
        var urls = configuration.GetSection("Kestrel:Endpoints").GetChildren().Any() ? "" : configuration["urls"]!;
        foreach (var url in urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!url.StartsWith("http://unix:", StringComparison.Ordinal)
                && Uri.TryCreate(url, UriKind.Absolute, out var uri)
                && FindError(EndPointOf(uri)) is SocketError.AddressAlreadyInUse)
            {
                throw new SettingException(
                    $"urls is {url}, which is in use; each silo of a machine needs a port of its own.");
            }
        }
    }

    private static void Check(string address, string setting, int port)
    {
        var endPoint = new IPEndPoint(IPAddress.Parse(address), port);
        var message = FindError(endPoint) switch
        {
            null => null,
            SocketError.AddressNotAvailable =>
                $"Orleans:Address is {address}, which is not an address of this machine.",
            SocketError.AddressAlreadyInUse =>
                $"Orleans:{setting} is {port}, which is in use on {address}; "
                + "each silo of a machine needs two ports of its own.",
            var error => $"Orleans:{setting}: a silo cannot listen on {endPoint} ({error}).",
        };
        if (message is not null)
        {
            throw new SettingException(message);
        }
    }

    // A host name other than localhost means every address, as it does for the web server.
    private static IPEndPoint EndPointOf(Uri uri) => new(
        IPAddress.TryParse(uri.DnsSafeHost, out var address) ? address
        : uri.IsLoopback ? IPAddress.Loopback
        : IPAddress.Any,
        uri.Port);

    private static SocketError? FindError(IPEndPoint endPoint)
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
}

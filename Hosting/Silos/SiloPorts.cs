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
        if (FindErrors().FirstOrDefault() is { } error)
        {
            throw new SettingException(error);
        }

        CheckUrls();
    }

    /// <summary>What is wrong with the silo's address and its two ports, a sentence each.</summary>
    public IEnumerable<string> FindErrors() =>
        new[]
        {
            FindError(options.Address, nameof(options.SiloPort), options.SiloPort),
            FindError(options.Address, nameof(options.GatewayPort), options.GatewayPort),
        }
        .OfType<string>();

    // The web server reports an address that is not a URL.
    private void CheckUrls()
    {
        // Kestrel:Endpoints replaces urls.
        var urls = configuration.GetSection("Kestrel:Endpoints").GetChildren().Any() ? "" : configuration["urls"]!;
        foreach (var url in urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!url.StartsWith("http://unix:", StringComparison.Ordinal)
                && Uri.TryCreate(url, UriKind.Absolute, out var uri)
                && PortProbe.FindError(PortProbe.EndPointOf(uri.DnsSafeHost, uri.Port))
                    is SocketError.AddressAlreadyInUse)
            {
                throw new SettingException(
                    $"urls is {url}, which is in use; each silo of a machine needs a port of its own.");
            }
        }
    }

    private static string? FindError(string address, string setting, int port)
    {
        var endPoint = new IPEndPoint(IPAddress.Parse(address), port);
        return PortProbe.FindError(endPoint) switch
        {
            null => null,
            SocketError.AddressNotAvailable =>
                $"Orleans:Address is {address}, which is not an address of this machine.",
            SocketError.AddressAlreadyInUse =>
                $"Orleans:{setting} is {port}, which is in use on {address}; "
                + "each silo of a machine needs two ports of its own.",
            var error => $"Orleans:{setting}: a silo cannot listen on {endPoint} ({error}).",
        };
    }
}

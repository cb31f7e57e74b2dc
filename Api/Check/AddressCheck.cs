using System.Net;
using System.Net.Sockets;
using LiveStreams.Api.Security;
using LiveStreams.Hosting;
using LiveStreams.Hosting.Telemetry;

namespace LiveStreams.Api.Check;

/// <summary>Whether the server could listen at each of its addresses, and may without a key.</summary>
internal sealed class AddressCheck : ICheck
{
    public string Subject => "The addresses";

    public Task<IReadOnlyList<Finding>> RunAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var urls = ListeningUrls.Read(services.GetRequiredService<IConfiguration>());
        if (!Array.TrueForAll(urls, url => TryParse(url) is not null))
        {
            // SettingsCheck says which one is no address.
            return Task.FromResult<IReadOnlyList<Finding>>([]);
        }

        List<Finding> findings = [.. urls.Select(url => Check(url, services))];
        if (services.GetService<OperatorAddresses>() is { } metrics
            && OptionsOf<AuthOptions>.Find(services) is { } auth
            && ListeningRule.FindError(urls, auth, metrics) is { } error)
        {
            findings.Add(Finding.Fail(error));
        }

        return Task.FromResult<IReadOnlyList<Finding>>(findings);
    }

    private static Finding Check(string url, IServiceProvider services)
    {
        var address = BindingAddress.Parse(url);
        if (address.IsUnixPipe || address.IsNamedPipe)
        {
            return Finding.Ok($"{url}: a socket file is made when the server starts.");
        }

        return FindError(address) switch
        {
            null => Finding.Ok($"{url} is free to listen on."),
            SocketError.AddressAlreadyInUse => Finding.Fail(
                $"{url} is in use: stop the program that listens there, or set {SettingOf(url, services)} to another "
                + "port."),
            SocketError.AccessDenied => Finding.Fail(
                $"This user may not listen on {url}: set {SettingOf(url, services)} to a port above 1023, or allow it "
                + "(systemd AmbientCapabilities=CAP_NET_BIND_SERVICE)."),
            SocketError.AddressNotAvailable => Finding.Fail(
                $"{url} is not an address of this machine: set {SettingOf(url, services)} to one that is."),
            var error => Finding.Fail(
                $"The server cannot listen on {url} ({error}): set {SettingOf(url, services)} to another address."),
        };
    }

    private static BindingAddress? TryParse(string url)
    {
        try
        {
            return BindingAddress.Parse(url);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static SocketError? FindError(BindingAddress address)
    {
        var endPoint = PortProbe.EndPointOf(address.Host, address.Port);
        if (PortProbe.FindError(endPoint) is { } error)
        {
            return error;
        }

        // The web server listens on both addresses of localhost, if there are two.
        return endPoint.Address.Equals(IPAddress.Loopback)
            && address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            && PortProbe.FindError(new IPEndPoint(IPAddress.IPv6Loopback, address.Port))
                is SocketError.AddressAlreadyInUse and var inUse
            ? inUse
            : null;
    }

    private static string SettingOf(string url, IServiceProvider services)
    {
        if (services.GetService<OperatorAddresses>()?.Contains(url) == true)
        {
            return "Metrics:Urls";
        }

        var endpoint = services.GetRequiredService<IConfiguration>()
            .GetSection("Kestrel:Endpoints")
            .GetChildren()
            .FirstOrDefault(endpoint => endpoint["Url"] == url);
        return endpoint is null ? "urls" : $"{endpoint.Path}:Url";
    }
}

using System.Net;
using Microsoft.AspNetCore.Http;

namespace LiveStreams.Hosting;

/// <summary>The addresses at which the process listens, as its settings say.</summary>
public static class ListeningUrls
{
    private const string Endpoints = "Kestrel:Endpoints";
    private const string Urls = "urls";

    /// <summary>The addresses of <c>Kestrel:Endpoints</c>, which replace all others, or of <c>urls</c>.</summary>
    public static string[] Read(IConfiguration configuration)
    {
        var endpoints = configuration.GetSection(Endpoints).GetChildren().ToList();
        return endpoints.Count > 0
            ? [.. endpoints.Select(static endpoint => endpoint["Url"]).OfType<string>()]
            : Split(configuration[Urls]);
    }

    /// <summary>The addresses in one value, separated by semicolons.</summary>
    public static string[] Split(string? urls) =>
        (urls ?? "").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Makes the process listen at other addresses, too.</summary>
    /// <param name="configuration">The settings, which this changes.</param>
    /// <param name="name">What they are for.</param>
    /// <param name="urls">The addresses.</param>
    public static void Add(IConfiguration configuration, string name, IReadOnlyList<string> urls)
    {
        if (!configuration.GetSection(Endpoints).GetChildren().Any())
        {
            configuration[Urls] = string.Join(';', Read(configuration).Concat(urls));
            return;
        }

        for (var i = 0; i < urls.Count; i++)
        {
            configuration[$"{Endpoints}:{name}{i}:Url"] = urls[i];
        }
    }

    /// <summary>
    /// Whether only this machine reaches an address. The file system says who may open a Unix socket.
    /// </summary>
    public static bool IsLoopback(string url)
    {
        var binding = BindingAddress.Parse(url);
        return binding.IsUnixPipe || binding.IsNamedPipe || IsLoopbackHost(binding.Host);
    }

    /// <summary>Whether a host's name or address is that of this machine for itself.</summary>
    public static bool IsLoopbackHost(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var ip) && IPAddress.IsLoopback(ip));
}

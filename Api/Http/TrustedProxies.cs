using System.Net;
using LiveStreams.Hosting;
using Microsoft.AspNetCore.HttpOverrides;

namespace LiveStreams.Api.Http;

/// <summary>
/// The proxies whose <c>X-Forwarded-For</c> is used: <c>Proxies:Trusted</c>, addresses and networks; by default this
/// machine's own. From anyone else the header could claim any address. Read from the right, where the nearest proxy
/// writes, the first address that is not trusted is the client's.
/// </summary>
internal static class TrustedProxies
{
    private const string Section = "Proxies";
    private const string Name = "Trusted";
    private const string Setting = $"{Section}:{Name}";

    private static readonly string[] _loopback = ["127.0.0.0/8", "::1"];

    /// <summary>The trusted proxies; an address is a network of one.</summary>
    /// <exception cref="SettingException">
    /// A setting does not exist, or an entry is no address and no network.
    /// </exception>
    public static System.Net.IPNetwork[] Read(IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        SettingNames.Check(section, Name);
        var setting = section.GetSection(Name);
        return Array.ConvertAll(setting.Exists() ? SettingList.Read(setting) : _loopback, Parse);
    }

    /// <summary>Makes the client's address that of the visitor, for requests through a trusted proxy.</summary>
    public static void UseTrustedProxies(this WebApplication app)
    {
        var proxies = Read(app.Configuration);
        if (proxies.Length == 0)
        {
            return;
        }

        // No limit on how many proxies there are: each one that is passed over is trusted.
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor,
            ForwardLimit = null,
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var proxy in proxies)
        {
            options.KnownIPNetworks.Add(proxy);
        }

        // Requests without the header skip the middleware.
        app.UseWhen(
            context => context.Request.Headers.ContainsKey(ForwardedHeadersDefaults.XForwardedForHeaderName),
            forwarded => forwarded.UseForwardedHeaders(options));
    }

    private static System.Net.IPNetwork Parse(string proxy) =>
        IPAddress.TryParse(proxy, out var address)
            ? new System.Net.IPNetwork(address, address.GetAddressBytes().Length * 8)
        : System.Net.IPNetwork.TryParse(proxy, out var network) ? network
        : throw new SettingException(
            $"{Setting} has '{proxy}', which is neither an address nor a network like 10.0.0.0/8.");
}

using System.Net;
using LiveStreams.Hosting;
using Microsoft.AspNetCore.HttpOverrides;

namespace LiveStreams.Api.Limits;

/// <summary>
/// Whose <c>X-Forwarded-For</c> is believed: <c>Proxies:Trusted</c>, addresses and networks; unless set, this machine's own. Anybody else could name himself as he likes with it.
/// From the right, where the nearest proxy writes, the first address that is not trusted is the client's.
/// </summary>
internal static class TrustedProxies
{
    private const string Section = "Proxies";
    private const string Name = "Trusted";
    private const string Setting = $"{Section}:{Name}";

    private static readonly string[] _loopback = ["127.0.0.0/8", "::1"];

    public static void UseTrustedProxies(this WebApplication app)
    {
        if (app.Configuration.GetSection(Section).GetChildren().FirstOrDefault(child => !child.Key.Equals(Name, StringComparison.OrdinalIgnoreCase)) is { } unknown)
        {
            throw new SettingException($"{unknown.Path} is not a setting; {Section} has {Name}.");
        }

        var setting = app.Configuration.GetSection(Setting);
        var proxies = setting.Exists() ? SettingList.Read(setting) : _loopback;
        if (proxies.Length == 0)
        {
            return;
        }

        // However many proxies there are: every one that is passed by is trusted.
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor, ForwardLimit = null };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var proxy in proxies)
        {
            options.KnownIPNetworks.Add(Parse(proxy));
        }

        // Requests that nobody forwarded pay nothing for it.
        app.UseWhen(context => context.Request.Headers.ContainsKey(ForwardedHeadersDefaults.XForwardedForHeaderName), forwarded => forwarded.UseForwardedHeaders(options));
    }

    private static System.Net.IPNetwork Parse(string proxy) =>
        IPAddress.TryParse(proxy, out var address) ? new System.Net.IPNetwork(address, address.GetAddressBytes().Length * 8)
        : System.Net.IPNetwork.TryParse(proxy, out var network) ? network
        : throw new SettingException($"{Setting} has '{proxy}', which is neither an address nor a network like 10.0.0.0/8.");
}

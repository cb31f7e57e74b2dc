using System.Net;
using LiveStreams.Hosting;

namespace LiveStreams.Api.Http;

/// <summary>
/// The proxies whose <c>X-Forwarded-For</c> is used: <c>Proxies:Trusted</c>, addresses and networks; by default this
/// machine's own. From anyone else the header could claim any address.
/// </summary>
internal static partial class TrustedProxies
{
    private const string Section = "Proxies";
    private const string Name = "Trusted";
    private const string Setting = $"{Section}:{Name}";
    private const string Header = "X-Forwarded-For";

    /// <summary>ASP.NET's own switch, <c>ASPNETCORE_FORWARDEDHEADERS_ENABLED</c>, trusts every client.</summary>
    private const string TrustEveryone = "ForwardedHeaders_Enabled";

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
        IgnoreTrustEveryone(app);
        var proxies = Read(app.Configuration);
        if (proxies.Length == 0)
        {
            return;
        }

        var forwardedFor = new ForwardedFor(proxies);
        app.Use((context, next) =>
        {
            var header = context.Request.Headers[Header];
            if (header.Count > 0)
            {
                var connection = context.Connection;
                connection.RemoteIpAddress = forwardedFor.FindVisitor(connection.RemoteIpAddress, header);
            }

            return next(context);
        });
    }

    private static void IgnoreTrustEveryone(WebApplication app)
    {
        if (bool.TryParse(app.Configuration[TrustEveryone], out var isOn) && isOn)
        {
            app.Configuration[TrustEveryone] = "false";
            LogIgnored(app.Logger, $"ASPNETCORE_{TrustEveryone.ToUpperInvariant()}", Setting);
        }
    }

    private static System.Net.IPNetwork Parse(string proxy) =>
        IPAddress.TryParse(proxy, out var address)
            ? new System.Net.IPNetwork(address, address.GetAddressBytes().Length * 8)
        : System.Net.IPNetwork.TryParse(proxy, out var network) ? network
        : throw new SettingException(
            $"{Setting} has '{proxy}', which is neither an address nor a network like 10.0.0.0/8.");

    [LoggerMessage(LogLevel.Warning, "{Ignored} has no effect: {Setting} says whose X-Forwarded-For is used.")]
    private static partial void LogIgnored(ILogger logger, string ignored, string setting);
}

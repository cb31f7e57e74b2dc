using Microsoft.AspNetCore.Http;

namespace LiveStreams.Hosting.Telemetry;

/// <summary>
/// Who may read metrics and the status: everyone who reaches <c>Metrics:Urls</c>, where nothing but these and health is
/// served; and, if the process listens for this machine only, whoever asks it directly and by a name of this machine. A
/// request that a proxy passes on is not from this machine, and a page of another site that has its own name point here
/// (DNS rebinding) uses that name.
/// </summary>
public sealed class OperatorAddresses
{
    private readonly string[] _urls;
    private readonly int[] _ports;
    private readonly bool _isLocal;

    /// <exception cref="SettingException">
    /// <c>Metrics:Urls</c> is not a list of URLs, or has a port that is 0 or not theirs alone.
    /// </exception>
    public OperatorAddresses(IConfiguration configuration)
    {
        var main = ListeningUrls.Read(configuration);
        _urls = ListeningUrls.Split(configuration["Metrics:Urls"]);
        _ports = Array.ConvertAll(_urls, PortOf);
        _isLocal = Array.TrueForAll(main, ListeningUrls.IsLoopback);
        if (Array.Find(_urls, IsOnAnyPort) is { } any)
        {
            throw new SettingException($"Metrics:Urls needs a port that you choose; {any} has port 0.");
        }

        if (Array.Find(main, url => _ports.Contains(PortOf(url))) is { } shared)
        {
            throw new SettingException($"Metrics:Urls needs a port of its own; {shared} has the same.");
        }
    }

    /// <summary>Addresses for nothing but metrics.</summary>
    public IReadOnlyList<string> Urls => _urls;

    /// <summary>Whether metrics can be read anywhere.</summary>
    public bool Any => _isLocal || _urls.Length > 0;

    /// <summary>Whether a request has come in at <see cref="Urls"/>.</summary>
    public bool IsFor(HttpContext context) => _ports.Contains(context.Connection.LocalPort);

    /// <summary>
    /// Whether an address at which the process listens is one of <see cref="Urls"/>, which Kestrel writes in its own
    /// way.
    /// </summary>
    public bool Contains(string address) => _ports.Contains(PortOf(address));

    /// <summary>Whether a request may read metrics and the status.</summary>
    public bool MayRead(HttpContext context) => IsFor(context) || (_isLocal && IsDirect(context.Request));

    private static bool IsDirect(HttpRequest request) =>
        !IsForwarded(request.Headers) && ListeningUrls.IsLoopbackHost(request.Host.Host);

    // The second is what is left of the first when a trusted proxy has sent it.
    private static bool IsForwarded(IHeaderDictionary headers) =>
        headers.ContainsKey("X-Forwarded-For")
        || headers.ContainsKey("X-Original-For")
        || headers.ContainsKey("Forwarded");

    private static bool IsOnAnyPort(string url) => PortOf(url) == 0 && !BindingAddress.Parse(url).IsUnixPipe;

    private static int PortOf(string url)
    {
        try
        {
            return BindingAddress.Parse(url).Port;
        }
        catch (FormatException exception)
        {
            throw new SettingException($"Metrics:Urls: {exception.Message}");
        }
    }
}

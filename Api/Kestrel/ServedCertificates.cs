using System.Collections.Concurrent;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace LiveStreams.Api.Kestrel;

/// <summary>
/// The TLS certificates that the server serves, without those of single host names (<c>Kestrel:Endpoints:NAME:Sni</c>).
/// Kestrel passes the options of each https address here, and then sets their certificate.
/// </summary>
internal sealed class ServedCertificates(TimeProvider time)
{
    private readonly ConcurrentBag<HttpsConnectionAdapterOptions> _addresses = [];

    /// <summary>The time until the first of them expires; null if there are none.</summary>
    public TimeSpan? TimeLeft => _addresses
        .Where(static address => address.ServerCertificate is not null)
        .Select(static address => address.ServerCertificate!.NotAfter.ToUniversalTime())
        .Select(expiry => (TimeSpan?)(expiry - time.GetUtcNow().UtcDateTime))
        .Min();

    public void Add(HttpsConnectionAdapterOptions address) => _addresses.Add(address);
}

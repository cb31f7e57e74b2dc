using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace LiveStreams.Api.Kestrel;

/// <summary>
/// The TLS certificates that the server serves, without those of single host names (<c>Kestrel:Endpoints:NAME:Sni</c>).
/// Kestrel passes the options of each https address here, and then sets their certificate.
/// </summary>
internal sealed class ServedCertificates(TimeProvider time)
{
    private readonly ConcurrentBag<HttpsConnectionAdapterOptions> _addresses = [];

    /// <summary>
    /// The time until the first certificate expires; null if the server serves no TLS. If several have the same
    /// subject, only the one that expires last counts: Kestrel reads a certificate of <c>Kestrel:Endpoints</c> again
    /// when its file has changed.
    /// </summary>
    public TimeSpan? TimeLeft => _addresses
        .Select(static address => address.ServerCertificate)
        .OfType<X509Certificate2>()
        .GroupBy(static certificate => certificate.Subject)
        .Select(static renewals => renewals.Max(static certificate => certificate.NotAfter.ToUniversalTime()))
        .Select(expiry => (TimeSpan?)(expiry - time.GetUtcNow().UtcDateTime))
        .Min();

    public void Add(HttpsConnectionAdapterOptions address) => _addresses.Add(address);
}

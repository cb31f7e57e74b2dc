using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;

namespace LiveStreams.Grains;

/// <summary>Which cluster this is, and where a silo listens (<c>Orleans:*</c>).</summary>
public sealed class PageClusterOptions : IValidatableObject
{
    public const string Section = "Orleans";

    /// <summary>The same for all silos and clients of a cluster. Default <c>livestreams</c>.</summary>
    [Required]
    public string ClusterId { get; set; } = "livestreams";

    /// <summary>The same for clusters that replace each other. Default <c>livestreams</c>.</summary>
    [Required]
    public string ServiceId { get; set; } = "livestreams";

    /// <summary>
    /// The IP address at which other silos and clients reach this silo. Default <c>127.0.0.1</c>: this machine only.
    /// </summary>
    [Required]
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>Where other silos connect. Default 11111.</summary>
    [Range(1, 65_535)]
    public int SiloPort { get; set; } = 11_111;

    /// <summary>Where clients connect. Default 30000.</summary>
    [Range(1, 65_535)]
    public int GatewayPort { get; set; } = 30_000;

    /// <summary>
    /// Whether a server is a silo of the cluster itself, instead of a client of silos that run apart. Default no.
    /// </summary>
    public bool Silo { get; set; }

    /// <summary>Where the cluster keeps which page is active on which silo. The same for all silos.</summary>
    public GrainDirectoryKind GrainDirectory { get; set; }

    /// <summary>Whether the silo serves the Orleans dashboard, which has no login. Default no.</summary>
    public bool Dashboard { get; set; }

    /// <summary>Whether calls of grains carry the trace of their caller. Orleans reads it. Default no.</summary>
    public bool EnableDistributedTracing { get; set; }

    /// <summary>Standard names for the Redis of the cluster.</summary>
    public ClusteringOptions? Clustering { get; set; }

    /// <summary>Standard names for the address and the ports of a silo.</summary>
    public SiloEndpointOptions? Endpoints { get; set; }

    /// <summary>
    /// Whether the silo runs in Kubernetes: it is named like its pod (<c>POD_NAME</c>, <c>POD_NAMESPACE</c>), and silos
    /// whose pods are gone are declared dead at once. Default no.
    /// </summary>
    public bool Kubernetes { get; set; }

    /// <summary>Reads the options without checking them.</summary>
    public static PageClusterOptions Read(IConfiguration configuration) =>
        configuration.GetSection(Section).Get<PageClusterOptions>() ?? new PageClusterOptions();

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IsAddress(Address))
        {
            yield return new ValidationResult(
                $"It must be the IP address at which others reach this silo, not '{Address}'.",
                [nameof(Address)]);
        }

        if (SiloPort == GatewayPort)
        {
            yield return new ValidationResult(
                $"Silos and clients connect to ports of their own; both are {SiloPort}.",
                [nameof(SiloPort), nameof(GatewayPort)]);
        }
    }

    // .NET reads "1.2.3" as 1.2.0.3, and no other machine reaches 0.0.0.0 or [::].
    private static bool IsAddress(string text) =>
        IPAddress.TryParse(text, out var address)
        && (address.AddressFamily != AddressFamily.InterNetwork || text == address.ToString())
        && !address.Equals(IPAddress.Any)
        && !address.Equals(IPAddress.IPv6Any);
}

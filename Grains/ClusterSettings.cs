using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Sockets;

namespace LiveStreams.Grains;

/// <summary>Which cluster, and where a silo listens (<c>Orleans:*</c>).</summary>
public sealed class ClusterSettings : IValidatableObject
{
    /// <summary>Silos and clients of one cluster have the same. Default <c>livestreams</c>.</summary>
    [Required]
    public string ClusterId { get; set; } = "livestreams";

    /// <summary>The same for the clusters that stand in for each other. Default <c>livestreams</c>.</summary>
    [Required]
    public string ServiceId { get; set; } = "livestreams";

    /// <summary>
    /// The address at which other silos and clients reach this silo. Default <c>127.0.0.1</c>: this machine only.
    /// </summary>
    [Required]
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>Where other silos connect. Default 11111.</summary>
    [Range(1, 65_535)]
    public int SiloPort { get; set; } = 11_111;

    /// <summary>Where clients connect. Default 30000.</summary>
    [Range(1, 65_535)]
    public int GatewayPort { get; set; } = 30_000;

    /// <summary>Whether the silo serves the Orleans dashboard, which has no authentication. Default false.</summary>
    public bool Dashboard { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IsAddress(Address))
        {
            yield return new ValidationResult(
                $"It is the IP address at which others reach this silo, not '{Address}'.",
                [nameof(Address)]);
        }

        if (SiloPort == GatewayPort)
        {
            yield return new ValidationResult(
                $"Silos and clients connect to ports of their own; both are {SiloPort}.",
                [nameof(SiloPort), nameof(GatewayPort)]);
        }
    }

    // "1.2.3" would be read as 1.2.0.3, and nobody reaches 0.0.0.0 or [::].
    private static bool IsAddress(string text) =>
        IPAddress.TryParse(text, out var address)
        && (address.AddressFamily != AddressFamily.InterNetwork || text == address.ToString())
        && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any);
}

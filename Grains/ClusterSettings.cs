using System.ComponentModel.DataAnnotations;

namespace LiveStreams.Grains;

/// <summary>Which cluster, and where a silo listens (<c>Orleans:*</c>).</summary>
public sealed class ClusterSettings
{
    /// <summary>Silos and clients of one cluster have the same. Default <c>livestreams</c>.</summary>
    [Required]
    public string ClusterId { get; set; } = "livestreams";

    /// <summary>The same for the clusters that stand in for each other. Default <c>livestreams</c>.</summary>
    [Required]
    public string ServiceId { get; set; } = "livestreams";

    /// <summary>The address at which other silos and clients reach this silo. Default <c>127.0.0.1</c>: this machine only.</summary>
    [Required, RegularExpression("[0-9a-fA-F.:]+", ErrorMessage = "It is an IP address.")]
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>Where other silos connect. Default 11111.</summary>
    [Range(1, 65_535)]
    public int SiloPort { get; set; } = 11_111;

    /// <summary>Where clients connect. Default 30000.</summary>
    [Range(1, 65_535)]
    public int GatewayPort { get; set; } = 30_000;
}

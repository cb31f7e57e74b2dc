using LiveStreams.Grains;

namespace LiveStreams.Hosting.Silos;

/// <summary>Where the silo of this process listens, in words for the start message.</summary>
public sealed class SiloDescription(PageClusterOptions options)
{
    public string Text { get; } =
        $"silo of the cluster {options.ClusterId} listens on {options.Address}:{options.SiloPort}, "
        + $"for clients on port {options.GatewayPort}";
}

namespace LiveStreams.Grains;

/// <summary>
/// Where a silo listens, under Orleans' own names (<c>Orleans:Endpoints</c>). The host reads them as
/// <see cref="PageClusterOptions.Address"/>, <see cref="PageClusterOptions.SiloPort"/> and
/// <see cref="PageClusterOptions.GatewayPort"/>.
/// </summary>
public sealed class SiloEndpointOptions
{
    public string? AdvertisedIPAddress { get; set; }

    public int? SiloPort { get; set; }

    public int? GatewayPort { get; set; }
}

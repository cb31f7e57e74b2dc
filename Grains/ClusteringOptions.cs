namespace LiveStreams.Grains;

/// <summary>
/// How Aspire names the Redis of a cluster (<c>Orleans:Clustering</c>). The host reads it as <c>Redis:Connection</c>.
/// </summary>
public sealed class ClusteringOptions
{
    /// <summary>What keeps the list of members. Must be <c>Redis</c>.</summary>
    public string? ProviderType { get; set; }

    /// <summary>The name of its connection string, in <c>ConnectionStrings</c>.</summary>
    public string? ServiceKey { get; set; }
}

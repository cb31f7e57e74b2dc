namespace LiveStreams.Hosting;

/// <summary>
/// The names under which .NET tools such as Aspire give a process its Redis and a silo its ports
/// (<c>ConnectionStrings:*</c>, <c>Orleans:Clustering:*</c>, <c>Orleans:Endpoints:*</c>). Each stands for a setting of
/// LiveStreams, which wins if it is set too.
/// </summary>
internal static class StandardSettings
{
    /// <summary>The connection string that a process uses unless <c>Orleans:Clustering</c> names another.</summary>
    private const string DefaultConnectionName = "redis";

    private const string ClusteringSection = "Orleans:Clustering";

    /// <summary>The settings of LiveStreams that the standard names stand for.</summary>
    /// <exception cref="SettingException">
    /// The cluster is not kept in Redis, or its connection string is not set.
    /// </exception>
    public static IEnumerable<KeyValuePair<string, string?>> Read(IConfiguration configuration) =>
        new Dictionary<string, string?>
        {
            ["Redis:Connection"] = FindConnection(configuration),
            ["Orleans:Address"] = configuration["Orleans:Endpoints:AdvertisedIPAddress"],
            ["Orleans:SiloPort"] = configuration["Orleans:Endpoints:SiloPort"],
            ["Orleans:GatewayPort"] = configuration["Orleans:Endpoints:GatewayPort"],
        }
        .Where(setting => setting.Value is not null);

    private static string? FindConnection(IConfiguration configuration)
    {
        var clustering = configuration.GetSection(ClusteringSection);
        if (clustering.Exists() && clustering["ProviderType"] is var type && type != "Redis")
        {
            throw new SettingException(
                $"{ClusteringSection}:ProviderType must be 'Redis'{(type is null ? "" : $", not '{type}'")}: "
                + "silos and servers find each other through Redis.");
        }

        var key = clustering["ServiceKey"];
        var connection = configuration.GetConnectionString(key ?? DefaultConnectionName);
        return key is null || connection is not null || configuration["Redis:Connection"] is not null
            ? connection
            : throw new SettingException(
                $"{ClusteringSection}:ServiceKey is '{key}', but ConnectionStrings:{key} is not set.");
    }
}

using LiveStreams.Api.Hosting;

namespace LiveStreams.Api.Store;

/// <summary><c>Pages=orleans</c>, compiled where the package feed lacks Orleans.</summary>
internal static class ClusterPages
{
    public static void AddClusterPages(this WebApplicationBuilder builder) => throw new SettingException(
        "Pages is 'orleans', but this was built from a package feed without the Orleans packages (docs/operations.md, Package feeds).");
}

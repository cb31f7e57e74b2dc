using LiveStreams.Grains;

namespace LiveStreams.Silo;

/// <summary><c>Orleans:Dashboard=true</c>, compiled where the package feed lacks it.</summary>
internal static class Dashboard
{
    public static void Add(ISiloBuilder silo) => throw Missing();

    public static void Map(WebApplication app, string path) => throw Missing();

    private static MissingPackageException Missing() => new("Orleans:Dashboard is true", "Microsoft.Orleans.Dashboard");
}

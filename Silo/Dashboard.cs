using Orleans.Dashboard;

namespace LiveStreams.Silo;

/// <summary>
/// <c>Orleans:Dashboard=true</c>: silos, grains and calls, as Orleans shows them to everyone who reaches the port. Compiled where the package feed has it.
/// </summary>
internal static class Dashboard
{
    public static void Add(ISiloBuilder silo) => silo.AddDashboard();

    public static void Map(WebApplication app, string path) => app.MapOrleansDashboard(path);
}

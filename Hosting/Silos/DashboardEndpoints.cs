using LiveStreams.Grains;
using Orleans.Dashboard;

namespace LiveStreams.Hosting.Silos;

/// <summary>
/// <c>Orleans:Dashboard=true</c>: <c>/dashboard</c> shows silos, grains and calls to everyone who reaches the port.
/// </summary>
public static class DashboardEndpoints
{
    private const string Path = "/dashboard";

    public static void MapDashboard(this WebApplication app)
    {
        if (PageClusterOptions.Read(app.Configuration).Dashboard)
        {
            app.MapOrleansDashboard(Path);
        }
    }
}

using LiveStreams.Grains;
using Orleans.Dashboard;

namespace LiveStreams.Silo;

/// <summary>
/// <c>Orleans:Dashboard=true</c>: <c>/dashboard</c> shows silos, grains and calls to everyone who reaches the port.
/// </summary>
internal static class DashboardEndpoints
{
    private const string Path = "/dashboard";

    public static void AddDashboard(this WebApplicationBuilder builder)
    {
        if (IsOn(builder.Configuration))
        {
            builder.UseOrleans(silo => silo.AddDashboard());
        }
    }

    public static void MapDashboard(this WebApplication app)
    {
        if (IsOn(app.Configuration))
        {
            app.MapOrleansDashboard(Path);
        }
    }

    private static bool IsOn(IConfiguration configuration) => PageClusterOptions.Read(configuration).Dashboard;
}

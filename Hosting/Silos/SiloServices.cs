using LiveStreams.Grains;
using Microsoft.Extensions.Hosting;
using Orleans.Dashboard;

namespace LiveStreams.Hosting.Silos;

/// <summary>A silo in this process, whether the process is nothing else or also a server.</summary>
public static class SiloServices
{
    /// <summary>
    /// Adds a silo of the cluster (<see cref="PageClusterOptions"/>). The store must be Redis. The silo joins before
    /// the web server listens, and leaves after it has stopped.
    /// </summary>
    public static void AddSilo(this WebApplicationBuilder builder)
    {
        builder.Services.AddSection<PageClusterOptions>(PageClusterOptions.Section);
        builder.Services.AddSingleton<SiloPorts>();
        builder.Services.AddSingleton<SiloDescription>();
        builder.UseOrleans(silo =>
        {
            silo.UsePageCluster(builder.Configuration);
            silo.AddPageUpdates();
            silo.UseKubernetes(builder.Configuration);
            if (PageClusterOptions.Read(builder.Configuration).Dashboard)
            {
                silo.AddDashboard();
            }
        });
    }
}

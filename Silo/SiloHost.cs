using LiveStreams.Grains;
using LiveStreams.Hosting;

namespace LiveStreams.Silo;

/// <summary>A silo of the cluster: joins it, runs, and leaves it.</summary>
internal static class SiloHost
{
    public static void AddSilo(this WebApplicationBuilder builder)
    {
        builder.Services.AddSection<PageClusterOptions>(PageClusterOptions.Section);
        builder.UseOrleans(silo =>
        {
            silo.UsePageCluster(builder.Configuration);
            silo.AddPageUpdates();
            silo.UseKubernetes(builder.Configuration);
        });
    }

    /// <summary>
    /// Runs until the process is told to stop. Settings, ports and the store are checked before the silo joins the
    /// cluster. The web server starts after that; if it cannot, the silo leaves gracefully.
    /// </summary>
    /// <exception cref="Core.StartException">The silo cannot start as it is configured.</exception>
    public static async Task RunSiloAsync(this WebApplication app)
    {
        await using (app)
        {
            var options = app.Services.GetRequiredService<PageClusterOptions>();
            SiloPorts.Check(options);
            SiloPorts.CheckUrls(app.Configuration);
            var store = app.Services.GetRequiredService<StoreDescription>();
            try
            {
                await app.StartAsync();
            }
            catch when (app.Services.GetRequiredService<ISiloStatusOracle>().CurrentStatus == SiloStatus.Active)
            {
                await app.StopAsync();
                throw;
            }

            var (address, port, clients) = (options.Address, options.SiloPort, options.GatewayPort);
            Console.WriteLine(
                $"""
                A silo of the cluster {options.ClusterId} listens on {address}:{port}, for clients on port {clients}
                Data: {store.Text}
                Health: {string.Join(", ", app.Urls)}/health/ready
                """);
            await app.WaitForShutdownAsync();
        }
    }
}

using LiveStreams.Grains;
using LiveStreams.Hosting;

namespace LiveStreams.Api.Drain;

/// <summary>How a server stops.</summary>
internal static class DrainServices
{
    /// <summary>How long the silo of a server may take. Usually it takes about a second.</summary>
    private static readonly TimeSpan _siloTimeout = TimeSpan.FromSeconds(10);

    /// <summary>How long the store and the rest of the server may take.</summary>
    private static readonly TimeSpan _storeTimeout = TimeSpan.FromSeconds(1);

    public static void AddDrain(this WebApplicationBuilder builder)
    {
        builder.Services.AddSection<DrainOptions>("Drain");
        var store = StoreServices.ReadKind(builder.Configuration);
        builder.Services.AddSingleton(provider =>
            new DrainPeriod(provider.GetRequiredService<DrainOptions>().GetPeriod(store)));
        builder.Services.AddSingleton<StopSignals>();
        builder.Services.AddHostedService<ServerShutdown>();
        var silo = PageClusterOptions.Read(builder.Configuration).Silo ? _siloTimeout : TimeSpan.Zero;
        builder.Services.AddOptions<HostOptions>().Configure<DrainPeriod>((host, period) =>
            host.ShutdownTimeout = period.Value + ServerShutdown.Timeout + _storeTimeout + silo);
    }
}

/// <summary>Over how long the streams of a server that stops are ended.</summary>
internal sealed record DrainPeriod(TimeSpan Value);

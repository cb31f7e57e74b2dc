using LiveStreams.Grains;
using LiveStreams.Hosting;

namespace LiveStreams.Api.Start;

/// <summary>The defaults of a server, beside those of every host.</summary>
internal static class ServerDefaults
{
    /// <summary>How long a stop may take. Streams end at once; what has not ended by then is cut off.</summary>
    public static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(1);

    public static void AddServerDefaults(this WebApplicationBuilder builder)
    {
        builder.AddDefaults(
            ("urls", "http://localhost:8080"),

            // It logs nothing above Information, and where it may log it prepares an activity and a scope a request.
            ("Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics", "None"),

            // A server that is a silo would warn, with each start, that it has one heap (Api.csproj says why).
            ("Logging:LogLevel:Orleans.Runtime.Silo", "Error"));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
    }

    /// <summary>Gives a server that is a silo too the time to leave the cluster.</summary>
    public static void AddSiloShutdown(this WebApplicationBuilder builder)
    {
        if (PageClusterOptions.Read(builder.Configuration).Silo)
        {
            builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout += SiloShutdown.SiloTimeout);
            builder.Services.AddHostedService<SiloShutdown>();
        }
    }
}

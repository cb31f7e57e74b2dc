using LiveStreams.Hosting;

namespace LiveStreams.Api.Start;

/// <summary>The defaults of a server, beside those of every host.</summary>
internal static class ServerDefaults
{
    /// <summary>How long a stop may take. Streams end at once; what has not ended by then is cut off.</summary>
    private static readonly TimeSpan _shutdownTimeout = TimeSpan.FromSeconds(1);

    public static void AddServerDefaults(this WebApplicationBuilder builder)
    {
        builder.AddDefaults(
            ("urls", "http://localhost:8080"),

            // It logs nothing above Information, and where it may log it prepares an activity and a scope a request.
            ("Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics", "None"));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = _shutdownTimeout);
    }
}

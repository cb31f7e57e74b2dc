using LiveStreams.Hosting;

namespace LiveStreams.Api.Start;

/// <summary>The defaults of a server, beside those of every host.</summary>
internal static class ServerDefaults
{
    public static void AddServerDefaults(this WebApplicationBuilder builder)
    {
        builder.AddDefaults(
            ("urls", "http://localhost:8080"),

            // It logs nothing above Information, and where it may log it prepares an activity and a scope a request.
            ("Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics", "None"),

            // A server that is a silo would warn, with each start, that it has one heap (Api.csproj says why).
            ("Logging:LogLevel:Orleans.Runtime.Silo", "Error"));
    }
}

using Microsoft.Extensions.Configuration.Memory;

namespace LiveStreams.Api.Hosting;

/// <summary>What holds unless a configuration file, the environment or the command line says otherwise.</summary>
internal static class Defaults
{
    /// <summary>How long a stop may take: streams end at once; what has not by then is cut off.</summary>
    private static readonly TimeSpan _shutdownTimeout = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Arguments before the user's. Configuration files are read once: watching them watches the whole folder, and with it every
    /// write to the database (measured: an eighth of the server's CPU while publishing).
    /// </summary>
    public static readonly string[] Host = ["--hostBuilder:reloadConfigOnChange=false"];

    public static void AddDefaults(this WebApplicationBuilder builder)
    {
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource
        {
            InitialData = new Dictionary<string, string?>
            {
                ["urls"] = "http://localhost:8080",
                ["Logging:LogLevel:Default"] = "Information",
                ["Logging:LogLevel:Microsoft"] = "Warning",
                ["Logging:LogLevel:Orleans"] = "Warning",
                ["Logging:LogLevel:Polly"] = "Warning",

                // It has nothing to say above that, and while it could it prepares an activity and a scope for each request.
                ["Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics"] = "None",

                // A start that fails is told by StartErrors, in one sentence.
                ["Logging:LogLevel:Microsoft.Extensions.Hosting.Internal.Host"] = "Critical",
            },
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = _shutdownTimeout);
        builder.Services.AddSingleton(TimeProvider.System);
    }
}

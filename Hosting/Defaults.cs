using Microsoft.Extensions.Configuration.Memory;

namespace LiveStreams.Hosting;

/// <summary>
/// What applies unless a configuration file, the environment or the command line sets something else.
/// </summary>
public static class Defaults
{
    private static readonly (string Name, string Value)[] _common =
    [
        ("Logging:LogLevel:Default", "Information"),
        ("Logging:LogLevel:Microsoft", "Warning"),
        ("Logging:LogLevel:Orleans", "Warning"),
        ("Logging:LogLevel:Polly", "Warning"),

        // StoreAvailability logs it once, and not for each who asks.
        ("Logging:LogLevel:Microsoft.Extensions.Diagnostics.HealthChecks", "None"),

        // StartErrors prints a failed start, in one sentence.
        ("Logging:LogLevel:Microsoft.Extensions.Hosting.Internal.Host", "Critical"),
    ];

    /// <summary>
    /// Arguments to put before the user's. Configuration files are read once. To watch them, .NET watches the whole
    /// folder (https://github.com/dotnet/runtime/issues/78100), and with it every write to the database: measured, an
    /// eighth of the server's CPU while publishing.
    /// </summary>
    public static IReadOnlyList<string> HostArguments { get; } = ["--hostBuilder:reloadConfigOnChange=false"];

    /// <summary>
    /// Adds the defaults of every host, those of this one (<paramref name="own"/>), what is set in secret files
    /// (<see cref="SecretFiles"/>) and under standard names (<see cref="StandardSettings"/>), the clock, and systemd.
    /// </summary>
    /// <exception cref="SettingException">
    /// See <see cref="SecretFiles.AddSecretFiles"/> and <see cref="StandardSettings.Read"/>.
    /// </exception>
    public static void AddDefaults(this WebApplicationBuilder builder, params (string Name, string Value)[] own)
    {
        builder.Configuration.AddSecretFiles();
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource
        {
            InitialData = _common
                .Concat(own)
                .Append((Name: $"Logging:Console:LogLevel:{typeof(StartReport).FullName}", Value: StartLevel(builder)))
                .Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value))
                .Concat(StandardSettings.Read(builder.Configuration)),
        });
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<StartReport>();
        builder.AddSystemdService();
    }

    private static string StartLevel(WebApplicationBuilder builder) =>
        StartReport.IsConsoleJson(builder.Configuration) ? "Information" : "Warning";
}

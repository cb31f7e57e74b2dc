using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging.Console;

namespace LiveStreams.Hosting;

/// <summary>
/// A service of systemd with <c>Type=notify</c>: it reports when it has started and when it stops, and its log lines
/// have the journal's priorities. .NET's own <c>AddSystemd</c> recognises systemd by the name of the parent process,
/// which <c>ProtectProc=invisible</c> hides.
/// </summary>
internal static class SystemdService
{
    private const string NotifySocket = "NOTIFY_SOCKET";

    public static void AddSystemdService(this WebApplicationBuilder builder)
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(NotifySocket)))
        {
            return;
        }

        builder.Services.Configure<ConsoleLoggerOptions>(
            console => console.FormatterName ??= ConsoleFormatterNames.Systemd);
        builder.Services.AddSingleton<ISystemdNotifier, SystemdNotifier>();
        builder.Services.AddSingleton<IHostLifetime, SystemdLifetime>();
    }
}

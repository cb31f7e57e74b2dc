using LiveStreams.Grains;
using Microsoft.Extensions.Logging;
using Orleans.Runtime.MembershipService;

namespace LiveStreams.Hosting.Silos;

/// <summary>Starts a process that may host a silo.</summary>
public static partial class SiloStart
{
    /// <summary>
    /// If the process hosts a silo, checks its settings and ports. Call it before anything uses Orleans or the store.
    /// </summary>
    /// <exception cref="SettingException">The silo cannot listen where its settings say.</exception>
    public static void CheckSilo(this WebApplication app) => app.Services.GetService<SiloPorts>()?.Check();

    /// <summary>If the process would host a silo, what is wrong with its address and ports.</summary>
    public static IEnumerable<string> FindSiloErrors(this IServiceProvider services) =>
        services.GetService<SiloPorts>()?.FindErrors() ?? [];

    /// <summary>
    /// Starts the process: the silo, if there is one, and then the web server. If that cannot start, the silo leaves
    /// gracefully.
    /// </summary>
    /// <exception cref="Core.StartException">The process cannot start as it is configured.</exception>
    public static async Task StartWithSiloAsync(this WebApplication app)
    {
        try
        {
            await app.StartAsync();
        }
        catch (OrleansClusterConnectivityCheckFailedException exception)
        {
            throw new UnreachableSiloException(exception);
        }
        catch when (app.Services.GetService<ISiloStatusOracle>() is { CurrentStatus: SiloStatus.Active })
        {
            await LeaveAsync(app);
            throw;
        }
    }

    // The error of the start is the one to report.
    private static async Task LeaveAsync(WebApplication app)
    {
        try
        {
            await app.StopAsync();
        }
        catch (Exception exception)
        {
            LogLeaveFailed(app.Logger, exception);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The silo could not leave gracefully. The others notice that it is gone.")]
    private static partial void LogLeaveFailed(ILogger logger, Exception exception);
}

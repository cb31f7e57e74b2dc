using LiveStreams.Core.Metrics;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;

namespace LiveStreams.Hosting;

/// <summary><c>/health/live</c>: the process responds. <c>/health/ready</c>: it can also do its work.</summary>
public static class HealthEndpoints
{
    /// <summary>The name of the check of the store.</summary>
    public const string StoreCheck = "store";

    /// <summary>Checks the store; a host may add checks of its own.</summary>
    public static IHealthChecksBuilder AddHealth(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<StoreAvailability>();
        builder.Services.AddSingleton<StoreHealthCheck>();
        return builder.Services.AddHealthChecks()
            .AddCheck<StoreHealthCheck>(StoreCheck, timeout: StoreAvailability.Timeout);
    }

    public static void MapHealth(this WebApplication app)
    {
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
        app.MapHealthChecks("/health/ready");
        var store = app.Services.GetRequiredService<StoreAvailability>();
        app.Services.GetRequiredService<ServerMetrics>().Store.Available = store.Observe;
    }
}

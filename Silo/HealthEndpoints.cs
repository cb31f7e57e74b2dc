using Microsoft.AspNetCore.Diagnostics.HealthChecks;

namespace LiveStreams.Silo;

/// <summary><c>/health/live</c>: the process answers. <c>/health/ready</c>: the store would take an update now.</summary>
internal static class HealthEndpoints
{
    private static readonly TimeSpan _checkTimeout = TimeSpan.FromSeconds(1);

    public static void AddHealth(this WebApplicationBuilder builder) =>
        builder.Services.AddHealthChecks().AddCheck<StoreHealthCheck>("store", timeout: _checkTimeout);

    public static void MapHealth(this WebApplication app)
    {
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
        app.MapHealthChecks("/health/ready");
    }
}

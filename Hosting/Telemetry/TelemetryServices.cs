using LiveStreams.Core.Metrics;
using LiveStreams.Core.Tracing;
using Microsoft.AspNetCore.Http;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace LiveStreams.Hosting.Telemetry;

/// <summary>
/// <c>/metrics</c> for Prometheus; and metrics, traces and logs by OTLP where the standard
/// <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set. If nobody can read them, nothing is collected.
/// </summary>
public static class TelemetryServices
{
    private const string Path = "/metrics";

    // Not the one of ASP.NET Core's requests: it costs every publish as much as all of ours.
    private static readonly string[] _meters =
        [ServerMetrics.MeterName, "System.Runtime", "Microsoft.AspNetCore.Server.Kestrel"];

    /// <param name="builder">The builder of a server or a silo.</param>
    /// <param name="service">The name of the service, unless <c>OTEL_SERVICE_NAME</c> is set.</param>
    /// <exception cref="SettingException">See <see cref="OperatorAddresses"/>.</exception>
    public static void AddTelemetry(this WebApplicationBuilder builder, string service)
    {
        var addresses = new OperatorAddresses(builder.Configuration);
        builder.Services.AddSingleton(addresses);
        ListeningUrls.Add(builder.Configuration, "Metrics", addresses.Urls);
        var isSent = !string.IsNullOrEmpty(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        if (!addresses.Any && !isSent)
        {
            return;
        }

        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(service).AddEnvironmentVariableDetector())
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(_meters);
                if (addresses.Any)
                {
                    metrics.AddPrometheusExporter();
                }
            });
        if (isSent)
        {
            telemetry
                .WithTracing(static traces => traces.AddSource(UpdateTrace.SourceName))
                .WithLogging(configureBuilder: null, static logs => logs.IncludeFormattedMessage = true)
                .UseOtlpExporter();
        }
    }

    /// <summary>Serves metrics to those who may read them. Must be called first.</summary>
    public static void UseMetrics(this WebApplication app)
    {
        var addresses = app.Services.GetRequiredService<OperatorAddresses>();
        if (addresses.Any)
        {
            app.UseOpenTelemetryPrometheusScrapingEndpoint(
                meterProvider: null,
                context => context.Request.Path == Path
                    && HttpMethods.IsGet(context.Request.Method)
                    && addresses.MayRead(context),
                path: null,
                static scrape => scrape.UseStoreCheck(),
                optionsName: null);
        }

        if (addresses.Urls.Count > 0)
        {
            app.Use((context, next) => addresses.IsFor(context) && !IsForOperators(context.Request.Path)
                ? NotFound(context)
                : next(context));
        }
    }

    private static bool IsForOperators(PathString path) =>
        path.StartsWithSegments("/health") || path.StartsWithSegments("/status");

    private static Task NotFound(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}

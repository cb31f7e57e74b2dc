using LiveStreams.Api.Http;
using LiveStreams.Hosting.Telemetry;
using Microsoft.Net.Http.Headers;

namespace LiveStreams.Api.Status;

/// <summary>
/// <c>GET /status</c>: what the server does now, as a page, and as JSON for those who accept that rather. For whom:
/// <see cref="OperatorAddresses"/>.
/// </summary>
internal static class StatusEndpoints
{
    private const string Path = "/status";

    public static void AddStatus(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<FaultLog>();
        builder.Services.AddSingleton<ILoggerProvider>(provider => provider.GetRequiredService<FaultLog>());
        builder.Services.AddSingleton<ClusterMembers>();
        builder.Services.AddSingleton<StatusReader>();
    }

    public static void MapStatus(this WebApplication app)
    {
        var addresses = app.Services.GetRequiredService<OperatorAddresses>();
        if (!addresses.Any)
        {
            return;
        }

        var reader = app.Services.GetRequiredService<StatusReader>();
        app.MapGet(Path, context => addresses.MayRead(context) ? WriteAsync(context, reader) : NotFound(context));
        EmbeddedFile.Map(app, StatusPage.StylePath, "status.css");
    }

    private static async Task WriteAsync(HttpContext context, StatusReader reader)
    {
        var status = await reader.ReadAsync(context.RequestAborted);
        context.Response.Headers.Vary = HeaderNames.Accept;
        if (PrefersJson(context.Request))
        {
            await JsonResponse.WriteAsync(context.Response, status, StatusJson.Default.ServerStatus);
            return;
        }

        context.Response.Headers.ContentSecurityPolicy = StatusPage.ContentSecurityPolicy;
        context.Response.ContentType = StatusPage.ContentType;
        await context.Response.WriteAsync(StatusPage.Write(status), context.RequestAborted);
    }

    private static bool PrefersJson(HttpRequest request) => request.GetTypedHeaders().Accept
        .OrderByDescending(static type => type.Quality ?? 1)
        .Select(static type => type.MediaType.Value)
        .FirstOrDefault(static type => type is "application/json" or "text/html") == "application/json";

    private static Task NotFound(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}

using System.Diagnostics;
using LiveStreams.Core.Tracing;

namespace LiveStreams.Api.Publish;

/// <summary>
/// The span of a request that publishes, named and described as OpenTelemetry does
/// (https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server). It is below that of the client, if the
/// request has a <c>traceparent</c>.
/// </summary>
internal static class RequestTrace
{
    /// <summary>Maps an endpoint whose requests are traced while somebody collects traces.</summary>
    public static void MapTraced(
        this WebApplication app, string method, string route, RequestDelegate handler) =>
        app.MapMethods(
            route,
            [method],
            context => UpdateTrace.IsOn ? TraceAsync(context, method, route, handler) : handler(context));

    private static async Task TraceAsync(HttpContext context, string method, string route, RequestDelegate handler)
    {
        var headers = context.Request.Headers;
        using var span = UpdateTrace.StartRequest($"{method} {route}", headers.TraceParent, headers.TraceState);
        span?.SetTag("http.request.method", method);
        span?.SetTag("http.route", route);
        span?.SetTag("url.scheme", context.Request.Scheme);
        try
        {
            await handler(context);
        }
        catch (Exception exception)
        {
            span?.SetTag("error.type", exception.GetType().FullName);
            span?.SetStatus(ActivityStatusCode.Error);
            throw;
        }

        var status = context.Response.StatusCode;
        span?.SetTag("http.response.status_code", status);
        if (status >= StatusCodes.Status500InternalServerError)
        {
            span?.SetStatus(ActivityStatusCode.Error);
        }
    }
}

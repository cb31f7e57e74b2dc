using LiveStreams.Api.Hosting;
using LiveStreams.Api.Http;
using Microsoft.AspNetCore.Cors.Infrastructure;

namespace LiveStreams.Api.Security;

/// <summary>
/// Which other origins' pages may use this server from a browser: <c>Cors:Origins</c>, a list, or several in one value with commas between;
/// each exactly <c>scheme://host[:port]</c>. None unless listed.
/// </summary>
internal static class CrossOriginServices
{
    /// <summary>What pages of those origins may send. Named one by one: to allow any is to repeat in the answer what the request has asked for.</summary>
    private static readonly string[] _requestHeaders =
        ["Authorization", "Cache-Control", "Content-Type", "Idempotency-Key", "If-None-Match", "Last-Event-ID", "X-Requested-With"];

    public static void AddCrossOrigin(this WebApplicationBuilder builder)
    {
        var origins = SettingList.Read(builder.Configuration.GetSection("Cors:Origins"));
        if (origins.FirstOrDefault(origin => !IsOrigin(origin)) is { } error)
        {
            throw new SettingException($"Cors:Origins has '{error}', which is not an origin like https://example.org.");
        }

        builder.Services.AddCors(cors => cors.AddDefaultPolicy(policy => policy
            .WithOrigins(origins)
            .WithHeaders(_requestHeaders)
            .WithMethods("GET", "POST", "PUT", "DELETE")
            .AllowCredentials()
            .WithExposedHeaders("Last-Event-ID", "Location", "Retry-After", "WWW-Authenticate")));
        builder.Services.AddSingleton(provider => new AllowedOrigins(origins, provider.GetRequiredService<AnonymousPublishing>()));
    }

    /// <summary>
    /// CORS keeps an answer from a page of another origin, not the request from the server: a browser sends a plain POST without asking.
    /// So a publish from an origin that is neither this server's own nor listed is refused here.
    /// </summary>
    public static void UseCrossOrigin(this WebApplication app)
    {
        app.UseWhen(MayNeedCors, crossOrigin => crossOrigin.UseCors());
        var allowed = app.Services.GetRequiredService<AllowedOrigins>();
        app.Use((context, next) => RequestMethod.IsUnsafe(context.Request.Method) && !allowed.MaySend(context.Request)
            ? Problem.Origin.WriteAsync(context, $"The origin {context.Request.Headers.Origin} is not one of Cors:Origins.")
            : next(context));
    }

    // CORS has nothing to say to a request without an Origin, which is spared what the middleware prepares for each; but an endpoint that says something about CORS insists on it.
    private static bool MayNeedCors(HttpContext context) =>
        context.Request.Headers.Origin.Count > 0 || context.GetEndpoint()?.Metadata.GetMetadata<ICorsMetadata>() is not null;

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.GetLeftPart(UriPartial.Authority) == text;

    private sealed class AllowedOrigins(string[] listed, AnonymousPublishing anonymous)
    {
        // Programs that are not browsers send no Origin.
        public bool MaySend(HttpRequest request) =>
            request.Headers.Origin.ToString() is var origin
            && (origin.Length == 0 || listed.Contains(origin, StringComparer.OrdinalIgnoreCase) || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && IsOwn(request, uri)));

        // Behind a proxy that ends TLS only the host can be compared. It is compared as it was sent: HttpRequest.Host decodes Punycode, which an Origin keeps, and fails
        // at Punycode that is none.
        private bool IsOwn(HttpRequest request, Uri origin) =>
            origin.Authority == request.Headers.Host
            && (!request.IsHttps || origin.Scheme == Uri.UriSchemeHttps)
            && (!anonymous.IsForThisMachine || origin.IsLoopback);
    }
}

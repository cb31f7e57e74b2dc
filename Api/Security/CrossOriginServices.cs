using LiveStreams.Api.Http;
using LiveStreams.Hosting;
using Microsoft.AspNetCore.Cors.Infrastructure;

namespace LiveStreams.Api.Security;

/// <summary>
/// The other origins whose pages may use this server from a browser: <c>Cors:Origins</c>, a list, or one value with
/// commas between; each exactly <c>scheme://host[:port]</c>. By default there are none.
/// </summary>
internal static class CrossOriginServices
{
    private const string Section = "Cors";
    private const string Name = "Origins";

    // The headers that pages of those origins may send. They are listed, because to allow any header is to repeat in
    // the response whatever the request asks for.
    private static readonly string[] _requestHeaders =
    [
        "Authorization",
        "Cache-Control",
        "Content-Type",
        "Idempotency-Key",
        "If-None-Match",
        "Last-Event-ID",
        "X-Requested-With",
    ];

    /// <exception cref="SettingException">A setting does not exist, or an entry is not an origin.</exception>
    public static void AddCrossOrigin(this WebApplicationBuilder builder)
    {
        var section = builder.Configuration.GetSection(Section);
        SettingNames.Check(section, Name);
        var origins = SettingList.Read(section.GetSection(Name));
        if (origins.FirstOrDefault(origin => !IsOrigin(origin)) is { } invalid)
        {
            throw new SettingException(
                $"Cors:Origins has '{invalid}', which is not an origin like https://example.org.");
        }

        builder.Services.AddCors(cors => cors.AddDefaultPolicy(policy => policy
            .WithOrigins(origins)
            .WithHeaders(_requestHeaders)
            .WithMethods("GET", "POST", "PUT", "DELETE")
            .AllowCredentials()
            .WithExposedHeaders("Last-Event-ID", "Location", "Retry-After", "WWW-Authenticate")));
        builder.Services.AddSingleton(provider =>
            new AllowedOrigins(origins, provider.GetRequiredService<AnonymousPublishing>()));
    }

    /// <summary>
    /// CORS keeps a response from a page of another origin, but it does not keep the request from the server: a browser
    /// sends a plain POST without asking. So a publish from an origin that is neither this server's own nor listed is
    /// refused here.
    /// </summary>
    public static void UseCrossOrigin(this WebApplication app)
    {
        app.UseWhen(NeedsCors, crossOrigin => crossOrigin.UseCors());
        var allowed = app.Services.GetRequiredService<AllowedOrigins>();
        app.Use((context, next) => RequestMethod.IsUnsafe(context.Request.Method) && !allowed.MaySend(context.Request)
            ? RefuseAsync(context)
            : next(context));
    }

    private static Task RefuseAsync(HttpContext context) => Problem.Origin.WriteAsync(
        context,
        $"The origin {context.Request.Headers.Origin} is not one of Cors:Origins.");

    // A request without an Origin skips the middleware, which does nothing for it. An endpoint with CORS metadata needs
    // the middleware anyway: routing fails without it.
    private static bool NeedsCors(HttpContext context) =>
        context.Request.Headers.Origin.Count > 0
        || context.GetEndpoint()?.Metadata.GetMetadata<ICorsMetadata>() is not null;

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && uri.Scheme is "http" or "https"
        && uri.GetLeftPart(UriPartial.Authority) == text;

    private sealed class AllowedOrigins(string[] listed, AnonymousPublishing anonymous)
    {
        // Programs that are not browsers send no Origin.
        public bool MaySend(HttpRequest request)
        {
            var origin = request.Headers.Origin.ToString();
            return origin.Length == 0
                || listed.Contains(origin, StringComparer.OrdinalIgnoreCase)
                || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && IsOwn(request, uri));
        }

        // Behind a proxy that ends TLS only the host can be compared. It is compared as it was sent: HttpRequest.Host
        // decodes Punycode, which an Origin keeps, and throws when the Punycode is invalid.
        private bool IsOwn(HttpRequest request, Uri origin) =>
            origin.Authority == request.Headers.Host
            && (!request.IsHttps || origin.Scheme == Uri.UriSchemeHttps)
            && (!anonymous.IsForThisMachine || origin.IsLoopback);
    }
}

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
    private const string FetchSite = "Sec-Fetch-Site";

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
            .WithExposedHeaders("ETag", "Last-Event-ID", "Link", "Location", "Retry-After", "WWW-Authenticate")));
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
        app.Use((context, next) =>
            RequestMethod.IsUnsafe(context.Request.Method) && allowed.FindError(context.Request) is { } error
                ? Problem.Origin.WriteAsync(context, error)
                : next(context));
    }

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
        /// <summary>Why a request may not change anything; null if its origin may.</summary>
        public string? FindError(HttpRequest request)
        {
            if (request.Headers.Origin.Count == 0)
            {
                return IsOfThisSite(request)
                    ? null
                    : $"The request has no Origin, and its {FetchSite} is {request.Headers[FetchSite]}.";
            }

            var origin = request.Headers.Origin.ToString();
            return listed.Contains(origin, StringComparer.OrdinalIgnoreCase)
                || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && IsOwn(request, uri))
                ? null
                : $"The origin {origin} is not one of Cors:Origins.";
        }

        // A browser sends an Origin with every request to another origin that changes something. One that a person set
        // up to withhold it still says where the request comes from (Fetch Metadata). Other programs send neither.
        private static bool IsOfThisSite(HttpRequest request)
        {
            var site = request.Headers[FetchSite];
            return site.Count == 0 || site is ["none" or "same-origin"];
        }

        // Behind a proxy that ends TLS only the host can be compared. It is compared as it was sent: HttpRequest.Host
        // decodes Punycode, which an Origin keeps, and throws when the Punycode is invalid.
        private bool IsOwn(HttpRequest request, Uri origin) =>
            origin.Authority == request.Headers.Host
            && (!request.IsHttps || origin.Scheme == Uri.UriSchemeHttps)
            && (!anonymous.IsForThisMachine || origin.IsLoopback);
    }
}

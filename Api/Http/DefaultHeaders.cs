using Microsoft.Extensions.Primitives;

namespace LiveStreams.Api.Http;

/// <summary>
/// The headers of every response, unless its endpoint sets others: no cache keeps it, and a browser that is made to
/// show it as a document runs nothing in it. A cache that stores what has no <c>Cache-Control</c>, a 204 or a 404,
/// would keep readers away from a page for good.
/// </summary>
internal static class DefaultHeaders
{
    private const string ReferrerPolicy = "Referrer-Policy";

    private static readonly StringValues _cacheControl = "no-store";
    private static readonly StringValues _contentTypeOptions = "nosniff";
    private static readonly StringValues _contentSecurityPolicy = "default-src 'none'";
    private static readonly StringValues _referrerPolicy = "no-referrer";

    /// <summary>Sets them in front of everything else, also of the middleware that ASP.NET adds by itself.</summary>
    public static void AddDefaultHeaders(this WebApplicationBuilder builder) =>
        builder.Services.Insert(0, ServiceDescriptor.Singleton<IStartupFilter>(new StartupFilter()));

    /// <summary>Sets them again after the response was cleared.</summary>
    public static void Set(HttpResponse response)
    {
        var headers = response.Headers;
        headers.CacheControl = _cacheControl;
        headers.XContentTypeOptions = _contentTypeOptions;
        headers.ContentSecurityPolicy = _contentSecurityPolicy;
        headers[ReferrerPolicy] = _referrerPolicy;
    }

    private sealed class StartupFilter : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((context, following) =>
            {
                Set(context.Response);
                return following(context);
            });
            next(app);
        };
    }
}

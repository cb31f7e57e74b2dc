using LiveStreams.Api.Http;
using Microsoft.AspNetCore.Cors;

namespace LiveStreams.Api.Browser;

/// <summary><c>/livestreams.js</c>, the browser's side of a live page, and <c>/livestreams.mjs</c>, the same as a module.</summary>
internal static class BrowserEndpoints
{
    public static void MapBrowser(this WebApplication app)
    {
        foreach (var name in new[] { "livestreams.js", "livestreams.mjs" })
        {
            // Cors:Origins says who may subscribe and publish; the script is for all, and a module needs CORS to be loaded from another origin.
            EmbeddedFile.Map(app, $"/{name}", name).WithMetadata(new DisableCorsAttribute()).AddEndpointFilter((call, next) =>
            {
                call.HttpContext.Response.Headers.AccessControlAllowOrigin = "*";
                return next(call);
            });
        }
    }
}

using LiveStreams.Api.Http;
using Microsoft.AspNetCore.Cors;

namespace LiveStreams.Api.Browser;

/// <summary>
/// <c>/livestreams.js</c>, the browser's side of a live page, and <c>/livestreams.mjs</c>, the same as a module.
/// </summary>
internal static class BrowserEndpoints
{
    private static readonly string[] _files = ["livestreams.js", "livestreams.mjs"];

    public static void MapBrowser(this WebApplication app)
    {
        foreach (var file in _files)
        {
            // Cors:Origins limits who may subscribe and publish. The script is public, and a browser loads a module
            // from another origin only with CORS.
            EmbeddedFile.Map(app, $"/{file}", file, rewrite: CompactScript.Of)
                .WithMetadata(new DisableCorsAttribute())
                .AddEndpointFilter((call, next) =>
                {
                    call.HttpContext.Response.Headers.AccessControlAllowOrigin = "*";
                    return next(call);
                });
        }
    }
}

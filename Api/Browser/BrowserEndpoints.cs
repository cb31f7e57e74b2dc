using Microsoft.AspNetCore.Cors;

namespace LiveStreams.Api.Browser;

/// <summary><c>/livestreams.js</c>, the browser's side of a live page, and <c>/livestreams.mjs</c>, the same as a module.</summary>
internal static class BrowserEndpoints
{
    private static readonly string[] _methods = [HttpMethods.Get, HttpMethods.Head];

    public static void MapBrowser(this WebApplication app)
    {
        foreach (var name in new[] { "livestreams.js", "livestreams.mjs" })
        {
            // Cors:Origins says who may subscribe and publish; the script is for all.
            app.MapMethods($"/{name}", _methods, BrowserScript.Load(name).Answer).WithMetadata(new DisableCorsAttribute());
        }
    }
}

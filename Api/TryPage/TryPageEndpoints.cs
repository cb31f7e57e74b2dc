using LiveStreams.Api.Hosting;
using LiveStreams.Api.Http;

namespace LiveStreams.Api.TryPage;

/// <summary><c>/</c>, a page to try it in. There with <c>dotnet run</c> (the environment Development), and elsewhere if <c>TryPage</c> says so.</summary>
internal static class TryPageEndpoints
{
    /// <summary>The browser loads nothing from anywhere else, runs no script but these, and shows the page in nobody's frame.</summary>
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly string[] _files = ["page.css", "page.js", "curl.js", "frames.js"];

    public static void AddTryPage(this WebApplicationBuilder builder) => builder.Services.AddSingleton(builder.Configuration["TryPage"] switch
    {
        null or "" => new TryPageSetting(builder.Environment.IsDevelopment()),
        var text => bool.TryParse(text, out var isOn) ? new TryPageSetting(isOn) : throw new SettingException($"TryPage is 'true' or 'false', not '{text}'."),
    });

    public static void MapTryPage(this WebApplication app)
    {
        if (!app.Services.GetRequiredService<TryPageSetting>().IsOn)
        {
            return;
        }

        EmbeddedFile.Map(app, "/", "index.html").AddEndpointFilter((call, next) =>
        {
            call.HttpContext.Response.Headers.ContentSecurityPolicy = Policy;
            call.HttpContext.Response.Headers["Referrer-Policy"] = "no-referrer";
            return next(call);
        });
        foreach (var file in _files)
        {
            EmbeddedFile.Map(app, $"/try/{file}", file);
        }
    }
}

using LiveStreams.Api.Http;
using LiveStreams.Hosting;

namespace LiveStreams.Api.TryPage;

/// <summary>Whether <c>/</c> is served (<c>TryPage</c>).</summary>
internal sealed record TryPageSetting(bool IsOn);

/// <summary>
/// <c>/</c>, a page on which to try the server. It is served with <c>dotnet run</c> (the environment Development), and
/// elsewhere if <c>TryPage</c> is true.
/// </summary>
internal static class TryPageEndpoints
{
    /// <summary>
    /// The browser loads nothing from other origins, runs no other scripts, and shows the page in no frame.
    /// </summary>
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly string[] _files = ["page.css", "page.js", "curl.js", "frames.js"];

    public static void AddTryPage(this WebApplicationBuilder builder) =>
        builder.Services.AddSingleton(new TryPageSetting(builder.Configuration["TryPage"] switch
        {
            null or "" => builder.Environment.IsDevelopment(),
            var text => bool.TryParse(text, out var isOn)
                ? isOn
                : throw new SettingException($"TryPage must be 'true' or 'false', not '{text}'."),
        }));

    public static void MapTryPage(this WebApplication app)
    {
        if (!app.Services.GetRequiredService<TryPageSetting>().IsOn)
        {
            return;
        }

        EmbeddedFile.Map(app, "/", "index.html", ContentSecurityPolicy);
        foreach (var file in _files)
        {
            EmbeddedFile.Map(app, $"/try/{file}", file);
        }
    }
}

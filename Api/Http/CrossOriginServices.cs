using LiveStreams.Api.Hosting;

namespace LiveStreams.Api.Http;

/// <summary>
/// Which other origins' pages may use this server from a browser: <c>Cors:Origins</c>, a list, or several in one value with commas between;
/// each exactly <c>scheme://host[:port]</c>. None unless listed.
/// </summary>
internal static class CrossOriginServices
{
    public static void AddCrossOrigin(this WebApplicationBuilder builder)
    {
        var setting = builder.Configuration.GetSection("Cors:Origins");
        string[] origins =
        [
            .. (setting.Value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            .. setting.Get<string[]>() ?? [],
        ];
        if (origins.FirstOrDefault(origin => !IsOrigin(origin)) is { } fault)
        {
            throw new SettingException($"Cors:Origins has '{fault}', which is not an origin like https://example.org.");
        }

        builder.Services.AddCors(cors => cors.AddDefaultPolicy(policy => policy
            .WithOrigins(origins)
            .AllowAnyHeader()
            .WithMethods("GET", "POST")
            .AllowCredentials()
            .WithExposedHeaders("Last-Event-ID", "Location", "Retry-After")));
    }

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.GetLeftPart(UriPartial.Authority) == text;
}

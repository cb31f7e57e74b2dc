using LiveStreams.Api.Security;

namespace LiveStreams.Api.Pages;

/// <summary>The list of pages.</summary>
internal static class PageListEndpoints
{
    public static void AddPageList(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<PageListHandler>();
    }

    public static void MapPageList(this WebApplication app)
    {
        var handler = app.Services.GetRequiredService<PageListHandler>();
        var authorization = app.Services.GetRequiredService<PageAuthorization>();
        app.MapGet("/pages", authorization.ToList(handler.GetPagesAsync));
    }
}

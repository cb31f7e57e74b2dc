using LiveStreams.Api.Security;

namespace LiveStreams.Api.History;

/// <summary>A page's state and its history as JSON.</summary>
internal static class HistoryEndpoints
{
    public static void AddHistory(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<HistoryBlockReader>();
        builder.Services.AddSingleton<HistoryHandler>();
    }

    public static void MapHistory(this WebApplication app)
    {
        var handler = app.Services.GetRequiredService<HistoryHandler>();
        var authorization = app.Services.GetRequiredService<SubscribeAuthorization>();
        app.MapGet("/pages/{page}", authorization.ToSubscribe(handler.GetPageAsync));
        app.MapGet("/pages/{page}/updates", authorization.ToSubscribe(handler.GetUpdatesAsync));
    }
}

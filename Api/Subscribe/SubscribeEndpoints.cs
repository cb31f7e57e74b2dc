using LiveStreams.Api.Hosting;
using LiveStreams.Api.Security;
using LiveStreams.Core.FanOut;

namespace LiveStreams.Api.Subscribe;

/// <summary>Event streams.</summary>
internal static class SubscribeEndpoints
{
    public static void AddSubscribe(this WebApplicationBuilder builder)
    {
        builder.Services.AddSection<SubscriberOptions>("Subscribers");
        builder.Services.AddSingleton<FeedRegistry>();
        builder.Services.AddSingleton<StreamStarts>();
        builder.Services.AddSingleton<EventStreams>();
        builder.Services.AddHostedService<FeedClock>();
    }

    public static void MapSubscribe(this WebApplication app)
    {
        var access = app.Services.GetRequiredService<PageAuthorization>();
        app.MapGet("/pages/{page}/events", access.ToSubscribe(app.Services.GetRequiredService<EventStreams>().ServeAsync));
    }
}

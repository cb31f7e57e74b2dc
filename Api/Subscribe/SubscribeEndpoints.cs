using LiveStreams.Api.Security;
using LiveStreams.Core.FanOut;
using LiveStreams.Hosting;

namespace LiveStreams.Api.Subscribe;

/// <summary>Event streams.</summary>
internal static class SubscribeEndpoints
{
    public static void AddSubscribe(this WebApplicationBuilder builder)
    {
        builder.Services.AddSection<SubscriberOptions>("Subscribers");
        builder.Services.AddSingleton<FeedRegistry>();
        builder.Services.AddSingleton<StreamStartFinder>();
        builder.Services.AddSingleton<PagesStartFinder>();
        builder.Services.AddSingleton<MomentStart>();
        builder.Services.AddSingleton<PatternWatcher>();
        builder.Services.AddSingleton<PatternStartFinder>();
        builder.Services.AddSingleton<StreamStarter>();
        builder.Services.AddSingleton<EventStreamHandler>();
        builder.Services.AddSingleton<PagesStreamHandler>();
        builder.Services.AddHostedService<FeedService>();
        builder.Services.AddHostedService<PatternService>();
    }

    public static void MapSubscribe(this WebApplication app)
    {
        var handler = app.Services.GetRequiredService<EventStreamHandler>();
        var authorization = app.Services.GetRequiredService<SubscribeAuthorization>();
        var many = app.Services.GetRequiredService<PagesStreamHandler>();
        app.MapGet("/pages/{page}/events", authorization.ToSubscribe(handler.ServePageAsync));
        app.MapGet("/events", many.GetAsync);
        app.MapPost("/events", many.PostAsync).WithMetadata(EndpointGrant.Subscribe);
    }
}

using LiveStreams.Core.FanOut;

namespace LiveStreams.Api.Presence;

/// <summary>How many event streams a page has, on all nodes.</summary>
internal static class PresenceServices
{
    public static void AddPresence(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(services => services.GetRequiredService<FeedRegistry>().Counts);
        builder.Services.AddHostedService<PresenceService>();
    }
}

using LiveStreams.Api.Http;
using LiveStreams.Hosting;

namespace LiveStreams.Api.Limits;

/// <summary>What one client, one publisher or one page may take of this server.</summary>
internal static class LimitServices
{
    public static void AddLimits(this WebApplicationBuilder builder)
    {
        builder.Services.AddSection<LimitOptions>("Limits");
        builder.Services.AddSingleton<StreamLimiter>();
        builder.Services.AddSingleton<PublishRateLimiter>();
        builder.Services.AddSingleton<InvalidTokenLimiter>();
        builder.Services.AddSingleton<LimitMetrics>();
        builder.Services.AddSingleton<IRefusalCounter>(provider => provider.GetRequiredService<LimitMetrics>());
    }
}

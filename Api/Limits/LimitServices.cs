using LiveStreams.Api.Http;
using LiveStreams.Core.Metrics;
using LiveStreams.Core.Unsent;
using LiveStreams.Hosting;

namespace LiveStreams.Api.Limits;

/// <summary>What one client, one publisher or one page may take of this server.</summary>
internal static class LimitServices
{
    public static void AddLimits(this WebApplicationBuilder builder)
    {
        builder.Services.AddSection<LimitOptions>("Limits");
        builder.Services.AddSingleton(services => LimitsOf(services.GetRequiredService<LimitOptions>()));
        builder.Services.AddSingleton(services =>
        {
            var options = services.GetRequiredService<LimitOptions>();
            var limiter = new StreamLimiter(options);
            var metrics = services.GetRequiredService<ServerMetrics>().Limits;
            metrics.Addresses = () => limiter.Addresses;
            metrics.StreamLimit = () => options.MaxSubscribers;
            return limiter;
        });
        builder.Services.AddSingleton<ConnectionLimiter>();
        builder.Services.AddSingleton<PublishRateLimiter>();
        builder.Services.AddSingleton<ReadRateLimiter>();
        builder.Services.AddSingleton<InvalidTokenLimiter>();
        builder.Services.AddSingleton<IRefusalCounter, RefusalCounter>();
        builder.Services.AddHostedService<ReaderCutLog>();
    }

    // What the process may use respects the limits of a container and of the garbage collector.
    private static UnsentLimits LimitsOf(LimitOptions options)
    {
        var bytes = options.MaxUnsentBytes ?? (GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4);
        return new UnsentLimits(bytes, options.MaxUnsentBytesPerAddress ?? (bytes / 2));
    }
}

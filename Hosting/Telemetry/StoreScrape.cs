namespace LiveStreams.Hosting.Telemetry;

/// <summary>
/// Lets a scrape ask the store before it reads <c>livestreams.store.available</c>, so that it gets what is true now.
/// </summary>
internal static class StoreScrape
{
    public static void UseStoreCheck(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        var store = context.RequestServices.GetRequiredService<StoreAvailability>();
        var time = context.RequestServices.GetRequiredService<TimeProvider>();
        using var timeout = new CancellationTokenSource(StoreAvailability.Timeout, time);
        try
        {
            await store.CheckAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            // The store does not respond, which the metric says.
        }

        await next(context);
    });
}

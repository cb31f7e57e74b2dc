using System.Globalization;

namespace LiveStreams.AppHost;

/// <summary>Prints what to try, once the proxy passes requests on.</summary>
internal static class TryMessage
{
    public static void AddTryMessage(
        this IResourceBuilder<ExecutableResource> proxy,
        IResourceBuilder<ExecutableResource> server,
        IResourceBuilder<ExecutableResource> silo) =>
        proxy.OnResourceReady(async (_, ready, cancellationToken) =>
        {
            var running = await ready.Services.GetRequiredService<ResourceNotificationService>()
                .WaitForResourceAsync(silo.Resource.Name, state => FindProcess(state) is not null, cancellationToken);
            Console.WriteLine($"""

                Watch a page:    curl -N {proxy.GetEndpoint("http").Url}/pages/home/events
                Publish to it:   curl -d 'Is this thing on?' {server.GetEndpoint("http").Url}/pages/home/updates
                Kill a silo:     kill -9 {FindProcess(running)}

                """);
        });

    private static string? FindProcess(ResourceEvent resource) => resource.Snapshot.Properties
        .Where(property => property.Name == "executable.pid")
        .Select(property => Convert.ToString(property.Value, CultureInfo.InvariantCulture))
        .FirstOrDefault(text => !string.IsNullOrEmpty(text));
}

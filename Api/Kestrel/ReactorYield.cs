using LiveStreams.Api.Epoll;

namespace LiveStreams.Api.Kestrel;

/// <summary>
/// Lets requests that may take long continue on threads of the pool: on a reactor's thread, all its other connections
/// wait meanwhile. Only a publish of little data continues there, because it does nothing but hand its update over.
/// </summary>
internal static class ReactorYield
{
    /// <summary>The most data that is published on a reactor's thread. To check more takes longer.</summary>
    private const int MaxInlineBytes = 16 * 1024;

    public static void UseReactorYield(this WebApplication app) => app.Use((context, next) =>
    {
        if (context.Features.Get<EpollConnection>() is not { } connection)
        {
            return next(context);
        }

        // Until the connection's next request says otherwise: the rest of this one's body comes later.
        var isShort = IsShort(context.Request);
        connection.ContinuesOnReactor = isShort;
        return isShort || !EpollReactor.IsCurrentThread ? next(context) : YieldAsync(context, next);
    });

    private static bool IsShort(HttpRequest request) =>
        request is { Method: "POST", ContentLength: <= MaxInlineBytes }
        && request.Path.Value is { } path
        && path.StartsWith("/pages/", StringComparison.Ordinal)
        && path.EndsWith("/updates", StringComparison.Ordinal);

    private static async Task YieldAsync(HttpContext context, RequestDelegate next)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await next(context);
    }
}

using System.IO.Pipelines;

namespace LiveStreams.Api.Kestrel;

/// <summary>
/// Reads what a handler has left unread of a chunked body, and closes the connection if that is not a valid body. It
/// works around Kestrel (.NET 10), which would read it after the handler and log an exception, so that any client could
/// fill the log:
/// <list type="bullet">
/// <item>The size of a chunk does not fit into 32 bits: an <see cref="IOException"/>
/// (https://github.com/aspnet/KestrelHttpServer/issues/1899).</item>
/// <item>A trailer (RFC 9112 §7.1.2) has a NUL or is not UTF-8: an <see cref="InvalidOperationException"/>
/// (https://github.com/aspnet/KestrelHttpServer/issues/2737).</item>
/// </list>
/// Remove this class once both are a <see cref="BadHttpRequestException"/>, which Kestrel does not log as an error.
/// </summary>
internal static class ChunkedBodyDrain
{
    /// <summary>How long a client may continue to send what no handler reads. Kestrel allows as much.</summary>
    private static readonly TimeSpan _drainTimeout = TimeSpan.FromSeconds(5);

    public static void UseChunkedBodyDrain(this WebApplication app) => app.Use((context, next) =>
        context.Request.Headers.TransferEncoding.Count == 0 ? next(context) : ServeAsync(context, next));

    private static async Task ServeAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);

        // The client need not wait until the body is read. If the response has a Content-Length, the client has all of
        // it already, or there is no body (HEAD, 304, connection closed).
        if (context.Response.ContentLength is null)
        {
            await context.Response.CompleteAsync();
        }

        try
        {
            var time = context.RequestServices.GetRequiredService<TimeProvider>();
            using var timeout = new CancellationTokenSource(_drainTimeout, time);
            await DrainAsync(context.Request.BodyReader, timeout.Token);
        }
        catch (BadHttpRequestException)
        {
            // Kestrel finds the same error, logs nothing, and closes the connection.
        }
        catch (Exception exception) when (
            exception is InvalidOperationException or IOException or OperationCanceledException)
        {
            context.Abort();
        }
    }

    private static async Task DrainAsync(PipeReader body, CancellationToken cancellationToken)
    {
        ReadResult result;
        do
        {
            result = await body.ReadAsync(cancellationToken);
            body.AdvanceTo(result.Buffer.End);
        }
        while (!result.IsCompleted);
    }
}

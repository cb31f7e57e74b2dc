using System.IO.Pipelines;

namespace LiveStreams.Api.Http;

/// <summary>
/// Reads what a handler has left of a body in chunks, before Kestrel does, and cuts the connection if it is none.
/// Kestrel (.NET 10) does not foresee a trailer (RFC 9112 §7.1.2) that has NUL or is not UTF-8, or the size of a chunk
/// that does not fit into 32 bits: it would log an exception each time, and anybody could fill the log.
/// </summary>
internal static class ChunkedBodies
{
    /// <summary>How long a client may go on sending what nobody wants: as long as with Kestrel.</summary>
    private static readonly TimeSpan _drainTime = TimeSpan.FromSeconds(5);

    public static void UseChunkedBodies(this WebApplication app) => app.Use((context, next) =>
        context.Request.Headers.TransferEncoding.Count == 0 ? next(context) : ServeAsync(context, next));

    private static async Task ServeAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);

        // The client need not wait for it. One that was told the length has all of the answer, or none of its body
        // (HEAD, 304, gone).
        if (context.Response.ContentLength is null)
        {
            await context.Response.CompleteAsync();
        }

        try
        {
            using var tooLong = new CancellationTokenSource(_drainTime, context.RequestServices.GetRequiredService<TimeProvider>());
            await DrainAsync(context.Request.BodyReader, tooLong.Token);
        }
        catch (BadHttpRequestException)
        {
            // Kestrel finds the same, says nothing, and ends the connection.
        }
        catch (Exception exception) when (exception is InvalidOperationException or IOException or OperationCanceledException)
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

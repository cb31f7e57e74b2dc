using LiveStreams.Api.Http;
using LiveStreams.Api.Kestrel;
using LiveStreams.Api.Limits;
using LiveStreams.Api.Security;
using LiveStreams.Core;
using LiveStreams.Core.FanOut;

namespace LiveStreams.Api.Subscribe;

/// <summary><c>GET /pages/{page}/events</c>.</summary>
internal sealed class EventStreamHandler(
    FeedRegistry feeds,
    StreamStartFinder starts,
    TokenStreams tokenStreams,
    SubscriberOptions options,
    StreamLimiter limiter,
    ReadRateLimiter rates,
    IRefusalCounter refusals)
{
    /// <summary>
    /// Serves one event stream:
    /// 1. Read the request.
    /// 2. Join the page's feed.
    /// 3. Find the position to start from; after joining, so that no update is missed between the two.
    /// 4. Send the headers and the opening.
    /// 5. Stream until the client disconnects or sends anything, its token is no longer valid, the page is deleted or
    ///    the server drains.
    /// </summary>
    public async Task ServeAsync(HttpContext context)
    {
        // 1. Read the request.
        if (!PagePath.TryRead(context, out var page, out var refusal)
            || !StartQuery.TryRead(context.Request, out var query, out refusal))
        {
            await refusal.WriteAsync(context);
            return;
        }

        if (feeds.IsDraining)
        {
            await RefuseAsync(context, query, new Refusal(Problem.Stopping));
            return;
        }

        if (query.ReadsStore && !rates.TryAcquire(context, out refusal))
        {
            await RefuseAsync(context, query, refusal);
            return;
        }

        var address = ClientAddress.Of(context);
        if ((!query.IsNow || query.WantsSnapshots) && feeds.Unsent.IsFull(address))
        {
            await RefuseAsync(context, query, new Refusal(Problem.UnsentFull));
            return;
        }

        if (!limiter.TryAcquire(address, out var lease, out refusal))
        {
            await RefuseAsync(context, query, refusal);
            return;
        }

        try
        {
            await StreamAsync(context, page, query, address, lease);
        }
        catch (StoreUnavailableException exception) when (!context.Response.HasStarted)
        {
            await RefuseAsync(context, query, new Refusal(Problem.StoreUnavailable, exception.Message));
        }
    }

    private async Task StreamAsync(
        HttpContext context, PageId page, StartQuery query, ClientAddress address, IDisposable lease)
    {
        // 2. Join the page's feed. The subscriber disposes the lease when it leaves.
        var connection = StreamConnection.Of(context);
        Action abort = connection is null ? context.Abort : connection.Abort;
        var subscriber = await feeds.SubscribeAsync(page, abort, address, lease, context.RequestAborted);
        var body = new EventStreamBody(context.Response.BodyWriter, connection);
        StartPosition? opened;
        try
        {
            opened = await OpenAsync(context, page, query, subscriber, body);
        }
        catch
        {
            subscriber.Dispose();
            throw;
        }

        if (opened is not { } start)
        {
            // 204 tells a browser not to reconnect.
            subscriber.Dispose();
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        // 5. Stream.
        Func<EventStreamBody, CancellationToken, Task> stream =
            (streamBody, closed) => RunAsync(subscriber, start, streamBody, closed);
        if (context.Features.Get<Token>() is { } token)
        {
            stream = tokenStreams.EndWithToken(stream, subscriber, token);
        }

        if (connection is null)
        {
            await stream(body, context.RequestAborted);
        }
        else
        {
            connection.Detach(stream);
        }
    }

    // Null if there is nothing to stream.
    private async Task<StartPosition?> OpenAsync(
        HttpContext context, PageId page, StartQuery query, Subscriber subscriber, EventStreamBody body)
    {
        // 3. Find the position to start from.
        if (await starts.FindAsync(page, query, subscriber, context.RequestAborted) is not var (start, reset))
        {
            return null;
        }

        // 4. Send the headers and the opening.
        SetHeaders(context);
        context.Response.Headers["Last-Event-ID"] = start.Position.ToString();
        if (body.IsChunked)
        {
            // With this header set, Kestrel writes the body as it is: the stream writes its own chunks.
            context.Response.Headers.TransferEncoding = "chunked";
            context.Response.Headers.Connection = "close";
        }
        else
        {
            StreamConnection.CutOnInput(context);
            ResponseRate.DisableMinimum(context);
        }

        body.Write(EventEncoder.Opening(subscriber.BeginsWithSnapshot ? null : start.Position, options.Retry));
        if (reset is { } lost)
        {
            body.Write(EventEncoder.Reset(lost, subscriber.BeginsWithSnapshot));
        }

        // Without a connection of its own, the stream sends them, and waits no longer than for anything else.
        if (body.IsChunked)
        {
            await body.FlushAsync();
        }

        return start;
    }

    private static async Task RunAsync(
        Subscriber subscriber, StartPosition start, EventStreamBody body, CancellationToken closed)
    {
        using var lease = subscriber;
        using var registration = closed.UnsafeRegister(
            static state => ((Subscriber)state!).OnDisconnected(),
            subscriber);
        await subscriber.RunAsync(start, body);
    }

    // After an error status a browser never reconnects, and loses its position. So a client that holds a position gets
    // a short stream that tells it when to reconnect; another client gets the problem.
    private Task RefuseAsync(HttpContext context, StartQuery query, Refusal refusal)
    {
        if (!query.HasPosition)
        {
            return refusal.WriteAsync(context);
        }

        refusals.Count(refusal.Problem);
        SetHeaders(context);
        return context.Response.BodyWriter.WriteAsync(EventEncoder.Retry(options.JitteredRetry())).AsTask();
    }

    private static void SetHeaders(HttpContext context)
    {
        var response = context.Response;
        response.ContentType = "text/event-stream; charset=utf-8";

        // Otherwise nginx, and proxies that follow it, hold events back until a buffer is full.
        response.Headers["X-Accel-Buffering"] = "no";
    }
}

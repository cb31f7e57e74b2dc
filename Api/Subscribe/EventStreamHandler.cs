using LiveStreams.Api.Http;
using LiveStreams.Api.Kestrel;
using LiveStreams.Api.Limits;
using LiveStreams.Api.Security;
using LiveStreams.Core;
using LiveStreams.Core.FanOut;

namespace LiveStreams.Api.Subscribe;

/// <summary>Serves event streams, of one page or of several.</summary>
internal sealed class EventStreamHandler(
    FeedRegistry feeds,
    StreamStarter starter,
    TokenStreams tokenStreams,
    SubscriberOptions options,
    StreamLimiter limiter,
    ReadRateLimiter rates,
    IRefusalCounter refusals)
{
    /// <summary><c>GET /pages/{page}/events</c>.</summary>
    public Task ServePageAsync(HttpContext context) =>
        StreamRequest.TryReadPage(context, out var request, out var refusal)
            ? ServeAsync(context, request)
            : refusal.WriteAsync(context);

    /// <summary>
    /// Serves one event stream:
    /// 1. Check the limits.
    /// 2. Join the feeds of its pages.
    /// 3. Find the positions to start from; after joining, so that no update is missed between the two.
    /// 4. Send the headers and the opening.
    /// 5. Stream until the client disconnects or sends anything, its token is no longer valid, the page is deleted or
    ///    the server drains.
    /// </summary>
    public async Task ServeAsync(HttpContext context, StreamRequest request)
    {
        // 1. Check the limits.
        var query = request.Start;
        if (feeds.IsDraining)
        {
            await RefuseAsync(context, query, new Refusal(Problem.Stopping));
            return;
        }

        if (!rates.TryAcquire(context, request.Reads, out var refusal))
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

        if (!limiter.TryAcquire(address, request.Scope, out var lease, out refusal))
        {
            await RefuseAsync(context, query, refusal);
            return;
        }

        try
        {
            await StreamAsync(context, request, address, lease);
        }
        catch (StoreUnavailableException exception) when (!context.Response.HasStarted)
        {
            await RefuseAsync(context, query, new Refusal(Problem.StoreUnavailable, exception.Message));
        }
    }

    private async Task StreamAsync(
        HttpContext context, StreamRequest request, ClientAddress address, IStreamLease lease)
    {
        // 2. Join the feeds. The subscriber disposes the lease when it leaves.
        var connection = StreamConnection.Of(context);
        var subscriber = await feeds.SubscribeAsync(request.Scope, address, lease, context.RequestAborted);
        var body = new EventStreamBody(
            new PipeOutput(context.Response.BodyWriter, isChunked: connection is not null));
        StartResult result;
        try
        {
            // 3. Find the positions to start from.
            result = await starter.StartAsync(context, subscriber, request);
            if (result.HasStream)
            {
                await OpenAsync(context, subscriber, body);
            }
        }
        catch
        {
            subscriber.Dispose();
            throw;
        }

        if (!result.HasStream)
        {
            subscriber.Dispose();
            await EndAsync(context, request.Start, result.Refusal);
            return;
        }

        // 5. Stream.
        if (context.Features.Get<Token>() is { } token)
        {
            tokenStreams.Add(subscriber, token);
        }

        if (connection is null)
        {
            using (subscriber)
            {
                await subscriber.RunAsync(body, context.Abort, context.RequestAborted);
            }
        }
        else
        {
            connection.Detach(subscriber);
        }
    }

    private static async Task OpenAsync(HttpContext context, Subscriber subscriber, EventStreamBody body)
    {
        // 4. Send the headers and the opening.
        SetHeaders(context);
        context.Response.Headers["Last-Event-ID"] = subscriber.Position;
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

        subscriber.WriteOpening(body);

        // Without a connection of its own, the stream sends them, and waits no longer than for anything else.
        if (body.IsChunked)
        {
            await body.FlushAsync();
        }
    }

    private async Task EndAsync(HttpContext context, StartQuery query, Refusal? refusal)
    {
        if (refusal is not null)
        {
            await RefuseAsync(context, query, refusal);
            return;
        }

        // There is nothing to stream: this tells a browser not to reconnect.
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    // After an error status a browser never reconnects, and loses its position. So a client that holds a position gets
    // a short stream that tells it when to reconnect; another client, or one that asks for too much, gets the problem.
    private Task RefuseAsync(HttpContext context, StartQuery query, Refusal refusal)
    {
        if (!query.HasPosition || refusal.Problem.Status == StatusCodes.Status400BadRequest)
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

using LiveStreams.Api.Connections;
using LiveStreams.Api.Http;
using LiveStreams.Api.Limits;
using LiveStreams.Api.Security;
using LiveStreams.Core;
using LiveStreams.Core.FanOut;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace LiveStreams.Api.Subscribe;

/// <summary><c>GET /pages/{page}/events</c>.</summary>
internal sealed class EventStreams(
    FeedRegistry feeds, StreamStarts starts, TokenStreams tokenStreams, SubscriberOptions options, StreamLimiter limiter, IRefusalCounter refusals)
{
    /// <summary>
    /// Serves one event stream: 1. read what is asked, 2. join the page's feed, 3. find the position to start from,
    /// 4. send the headers and the opening, 5. stream until the reader is gone, its token counts no more, the page is deleted or the server drains. Joining comes before the position,
    /// so that no update falls between the two.
    /// </summary>
    public async Task ServeAsync(HttpContext context)
    {
        // 1. What is asked.
        if (!PagePath.TryRead(context, out var page, out var error))
        {
            await Problem.PageName.WriteAsync(context, error);
            return;
        }

        if (!StartQuery.TryRead(context.Request, out var start, out error))
        {
            await Problem.Query.WriteAsync(context, error);
            return;
        }

        if (feeds.IsDraining)
        {
            await RefuseAsync(context, start, Problem.Stopping);
            return;
        }

        if (!limiter.TryAcquire(ClientAddress.Of(context), out var lease, out var full))
        {
            await RefuseAsync(context, start, full);
            return;
        }

        try
        {
            await StreamAsync(context, page, start, lease);
        }
        catch (StoreUnavailableException unavailable) when (!context.Response.HasStarted)
        {
            await RefuseAsync(context, start, Problem.StoreUnavailable, unavailable.Message);
        }
    }

    private async Task StreamAsync(HttpContext context, PageId page, StartQuery query, IDisposable lease)
    {
        // 2. A lease, which the subscriber gives back when it leaves.
        var connection = StreamConnection.Of(context);
        var subscriber = await feeds.SubscribeAsync(page, connection is null ? context.Abort : connection.Abort, lease, context.RequestAborted);
        var body = new EventStreamBody(context.Response.BodyWriter, connection);
        StartPosition? begun;
        try
        {
            begun = await BeginAsync(context, page, query, subscriber, body);
        }
        catch
        {
            subscriber.Dispose();
            throw;
        }

        if (begun is not { } start)
        {
            // Which tells a browser not to come back.
            subscriber.Dispose();
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        // 5. Stream.
        var stream = StreamOf(subscriber, start);
        if (context.Features.Get<Token>() is { } token)
        {
            stream = tokenStreams.Limit(stream, subscriber, token);
        }

        if (connection is null)
        {
            await stream(body, context.RequestAborted);
        }
        else
        {
            connection.Keep(stream);
        }
    }

    // Null when there is nothing to stream.
    private async Task<StartPosition?> BeginAsync(HttpContext context, PageId page, StartQuery query, Subscriber subscriber, EventStreamBody body)
    {
        // 3. The position.
        if (await starts.FindAsync(page, query, subscriber, context.RequestAborted) is not var (start, reset))
        {
            return null;
        }

        // 4. Headers and opening.
        SetHeaders(context);
        context.Response.Headers["Last-Event-ID"] = start.Position.ToString();
        if (body.IsChunked)
        {
            // Kestrel leaves the chunks of a response that names its transfer coding to whoever writes it.
            context.Response.Headers.TransferEncoding = "chunked";
            context.Response.Headers.Connection = "close";
        }

        body.Write(EventEncoder.Opening(subscriber.BeginsWithSnapshot ? null : start.Position, options.Retry));
        if (reset is { } reason)
        {
            body.Write(EventEncoder.Reset(reason, start.Position, subscriber.BeginsWithSnapshot));
        }

        await body.FlushAsync();
        return start;
    }

    private static Func<EventStreamBody, CancellationToken, Task> StreamOf(Subscriber subscriber, StartPosition start) =>
        (body, closed) => RunAsync(subscriber, start, body, closed);

    private static async Task RunAsync(Subscriber subscriber, StartPosition start, EventStreamBody body, CancellationToken closed)
    {
        using var lease = subscriber;
        using var registration = closed.UnsafeRegister(static state => ((Subscriber)state!).OnDisconnected(), subscriber);
        await subscriber.RunAsync(start, body);
    }

    /// <summary>
    /// A browser never comes back after an error status, and would forget its position: one that holds a position gets a short
    /// stream that tells it when to come back. Anyone else is told plainly.
    /// </summary>
    private Task RefuseAsync(HttpContext context, StartQuery start, Problem problem, string? detail = null)
    {
        if (!start.HoldsPosition)
        {
            return problem.WriteAsync(context, detail);
        }

        refusals.Count(problem);
        SetHeaders(context);
        return context.Response.BodyWriter.WriteAsync(EventEncoder.Retry(options.JitteredRetry())).AsTask();
    }

    private static void SetHeaders(HttpContext context)
    {
        // A stream is slow by nature; one that takes nothing is closed by Subscribers:StallTimeout.
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }

        var response = context.Response;
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers.CacheControl = "no-store";

        // nginx, and what imitates it, would otherwise hold events back until a buffer is full.
        response.Headers["X-Accel-Buffering"] = "no";
    }
}

using Microsoft.AspNetCore.Mvc;

namespace LiveStreams.Api.Http;

/// <summary>
/// An error response: RFC 9457 problem JSON. docs/protocol.md explains each <c>type</c>, and a test checks that it
/// does. <see cref="Challenge"/> is the <c>WWW-Authenticate</c> header of RFC 6750 §3.
/// </summary>
internal sealed record Problem(int Status, string Slug, string Title, string? Challenge = null)
{
    public static readonly Problem PageName = new(400, "page-name", "The page name is not allowed.");
    public static readonly Problem EventName = new(400, "event-name", "The event name is not allowed.");
    public static readonly Problem IdempotencyKey = new(400, "idempotency-key", "The Idempotency-Key is not allowed.");
    public static readonly Problem Query = new(400, "query", "A query parameter is not valid.");
    public static readonly Problem Pages = new(400, "pages", "The list of pages is not valid.");
    public static readonly Problem PostId = new(400, "post-id", "The post's id is not allowed.");
    public static readonly Problem Posts = new(400, "posts", "The data does not describe posts correctly.");
    public static readonly Problem PostsFull = new(409, "posts-full", "The page's posts have reached a limit.");
    public static readonly Problem Data = new(400, "data", "The data does not match its content type.");
    public static readonly Problem Body = new(400, "body", "The body is incomplete, too slow or malformed.");
    public static readonly Problem TwoTokens =
        new(400, "two-tokens", "The request has more than one token.", "Bearer error=\"invalid_request\"");

    public static readonly Problem TokenNeeded = new(401, "token-needed", "This request needs a token.", "Bearer");
    public static readonly Problem InvalidToken =
        new(401, "invalid-token", "The token is not valid.", "Bearer error=\"invalid_token\"");

    public static readonly Problem InsufficientScope =
        new(403, "insufficient-scope", "The token does not grant this.", "Bearer error=\"insufficient_scope\"");

    public static readonly Problem Origin = new(403, "origin", "Pages of this origin may not publish here.");
    public static readonly Problem HistoryGone =
        new(410, "history-gone", "The updates after this position are no longer kept.");

    public static readonly Problem TooLarge = new(413, "too-large", "The body is too large.");
    public static readonly Problem ContentType = new(415, "content-type", "This content type cannot be published.");
    public static readonly Problem KeyReused =
        new(422, "key-reused", "The Idempotency-Key was used for another update.");

    public static readonly Problem PublisherRate = new(429, "publisher-rate", "This publisher publishes too fast.");
    public static readonly Problem PageRate = new(429, "page-rate", "This page receives updates too fast.");
    public static readonly Problem TokenRate =
        new(429, "token-rate", "This address sends invalid tokens too fast.");

    public static readonly Problem AddressFull =
        new(429, "address-full", "This address has reached its limit of event streams.");

    public static readonly Problem ReadRate = new(429, "read-rate", "This address reads too fast.");

    public static readonly Problem StoreUnavailable = new(503, "store-unavailable", "The store is not available.");
    public static readonly Problem PageBusy = new(503, "page-busy", "Too many updates wait for this page.");
    public static readonly Problem Full = new(503, "full", "This server has reached its limit of event streams.");
    public static readonly Problem UnsentFull =
        new(503, "unsent-full", "Too much data waits for slow readers on this server, or at this address.");

    public static readonly Problem Stopping = new(503, "stopping", "This server is stopping.");

    /// <summary>
    /// How long a client should wait after a 429 or a 503, in seconds. Rates are whole numbers of updates a second, so
    /// one is free again by then.
    /// </summary>
    private const string RetryAfterSeconds = "1";

    public string Type => $"urn:livestreams:problem:{Slug}";

    /// <summary>
    /// Responds with this problem; <paramref name="detail"/> says what it is about in this case, and
    /// <paramref name="members"/> are what a program may read of it besides.
    /// </summary>
    public Task WriteAsync(HttpContext context, string? detail = null, IDictionary<string, object?>? members = null)
    {
        context.RequestServices.GetRequiredService<IRefusalCounter>().Count(this);
        if (Status is StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden)
        {
            context.RequestServices.GetRequiredService<IRefusalAudit>().Refused(context, this);
        }

        var headers = context.Response.Headers;
        if (Status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
        {
            headers.RetryAfter = RetryAfterSeconds;
        }

        if (Status == StatusCodes.Status413PayloadTooLarge && !HttpProtocol.IsHttp2(context.Request.Protocol))
        {
            // Kestrel closes the connection, because it does not read the rest of the body, and does not say so: a
            // client would lose its next request on it.
            headers.Connection = "close";
        }

        if (Challenge is not null)
        {
            headers.WWWAuthenticate = Challenge;
        }

        var details = new ProblemDetails { Type = Type, Title = Title, Status = Status, Detail = detail };
        details.Extensions = members ?? details.Extensions;
        return Results.Problem(details).ExecuteAsync(context);
    }
}

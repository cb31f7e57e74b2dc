using LiveStreams.Api.Limits;
using LiveStreams.Core;
using Microsoft.AspNetCore.Mvc;

namespace LiveStreams.Api.Http;

/// <summary>
/// An error answer: RFC 9457 problem JSON. Each <c>type</c> is explained in docs/protocol.md, where a test looks for it. <see cref="Challenge"/> says of tokens
/// what RFC 6750 §3 wants said.
/// </summary>
internal sealed record Problem(int Status, string Slug, string Title, string? Challenge = null)
{
    public static readonly Problem PageName = new(400, "page-name", "The page name is not allowed.");
    public static readonly Problem EventName = new(400, "event-name", "The event name is not allowed.");
    public static readonly Problem IdempotencyKey = new(400, "idempotency-key", "The Idempotency-Key is not allowed.");
    public static readonly Problem Query = new(400, "query", "A query parameter is not understood.");
    public static readonly Problem PostId = new(400, "post-id", "The post's id is not allowed.");
    public static readonly Problem Posts = new(400, "posts", "What the data says of posts is not understood.");
    public static readonly Problem PostsFull = new(409, "posts-full", "The page has as many posts as it may have.");
    public static readonly Problem Data = new(400, "data", "The data is not what its content type says.");
    public static readonly Problem Body = new(400, "body", "The body did not arrive whole.");
    public static readonly Problem TwoTokens = new(400, "two-tokens", "The request has more than one token.", "Bearer error=\"invalid_request\"");
    public static readonly Problem TokenNeeded = new(401, "token-needed", "This needs a token.", "Bearer");
    public static readonly Problem InvalidToken = new(401, "invalid-token", "The token is not good.", "Bearer error=\"invalid_token\"");
    public static readonly Problem InsufficientScope = new(403, "insufficient-scope", "The token does not grant this.", "Bearer error=\"insufficient_scope\"");
    public static readonly Problem Origin = new(403, "origin", "Pages of this origin may not publish here.");
    public static readonly Problem HistoryGone = new(410, "history-gone", "What follows this position is no longer kept.");
    public static readonly Problem TooLarge = new(413, "too-large", "The body is too large.");
    public static readonly Problem ContentType = new(415, "content-type", "The content type is not one that can be published.");
    public static readonly Problem PublisherRate = new(429, "publisher-rate", "This publisher publishes faster than it may.");
    public static readonly Problem PageRate = new(429, "page-rate", "This page gets updates faster than it may.");
    public static readonly Problem AddressFull = new(429, "address-full", "This address has as many event streams as it may have.");
    public static readonly Problem StoreUnavailable = new(503, "store-unavailable", "The store cannot be reached.");
    public static readonly Problem PageBusy = new(503, "page-busy", "Too many updates wait for this page.");
    public static readonly Problem Full = new(503, "full", "This server has as many event streams as it may have.");
    public static readonly Problem Stopping = new(503, "stopping", "This server is stopping.");

    /// <summary>How long a client that gets a 429 or a 503 should wait, in seconds. A rate is a whole number of updates a second, so one is free again by then.</summary>
    private const string RetryAfterSeconds = "1";

    /// <summary>What a publisher, or a reader, is told about a store that is away.</summary>
    public static string Detail(StoreUnavailableException exception) => exception.OutcomeUnknown
        ? $"{exception.Message} Whether the update was published is not known; a retry with the same Idempotency-Key is safe."
        : exception.Message;

    public string Type => $"urn:livestreams:problem:{Slug}";

    /// <summary>Whether it says that a limit was reached: of this server, or of what a client may take of it.</summary>
    public bool IsLimit => Status is 408 or 409 or 413 or 429 || this == Full || this == PageBusy;

    /// <summary>Answers with this problem; <paramref name="detail"/> says what it is about in this case.</summary>
    public Task WriteAsync(HttpContext context, string? detail = null)
    {
        if (Status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
        {
            context.Response.Headers.RetryAfter = RetryAfterSeconds;
        }

        if (IsLimit)
        {
            context.RequestServices.GetRequiredService<LimitMetrics>().Refused(this);
        }

        if (Challenge is not null)
        {
            context.Response.Headers.WWWAuthenticate = Challenge;
        }

        return Results.Problem(new ProblemDetails { Type = Type, Title = Title, Status = Status, Detail = detail }).ExecuteAsync(context);
    }
}

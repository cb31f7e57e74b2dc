using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using LiveStreams.Api.Http;
using LiveStreams.Api.Kestrel;
using LiveStreams.Api.Limits;
using LiveStreams.Api.Security;
using LiveStreams.Core;
using LiveStreams.Core.FanOut;
using LiveStreams.Core.Metrics;
using LiveStreams.Core.Posts;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace LiveStreams.Api.Publish;

/// <summary>
/// <c>POST /updates</c>: newline-delimited JSON, one update a line, to any pages. The whole batch is read first, so a
/// batch that is cut off publishes nothing. Then its lines are published in order, up to 500 at a time, and their
/// results are written in order. An invalid line fails alone.
/// </summary>
internal sealed class BatchHandler(
    IPublishRouter router,
    FeedRegistry feeds,
    SubscriberCounts subscribers,
    PageAuthorization authorization,
    AuditLog audit,
    ServerMetrics metrics,
    PublishRateLimiter rates,
    IRefusalCounter refusals,
    LimitOptions limits,
    PostOptions posts)
{
    private const int LinesAtOnce = 500;

    /// <summary>
    /// The response is sent in pieces of about this size, each once the client has taken the one before.
    /// </summary>
    private const int PieceBytes = 16 * 1024;

    private const string ContentType = "application/x-ndjson";

    public async Task PublishAsync(HttpContext context)
    {
        if (!IsBatch(context.Request.ContentType))
        {
            await Problem.ContentType.WriteAsync(context, $"A batch must be {ContentType}, in UTF-8.");
            return;
        }

        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = limits.MaxBatchBytes;
        if (await RequestBody.ReadAsync(context.Request, limits.MaxBatchBytes) is not { } batch)
        {
            await Problem.TooLarge.WriteAsync(context, $"A batch has at most {limits.MaxBatchBytes} bytes.");
            return;
        }

        if (CountLines(batch) > limits.MaxBatchLines)
        {
            await Problem.TooLarge.WriteAsync(context, $"A batch has at most {limits.MaxBatchLines} lines.");
            return;
        }

        var publisher = RequestPublisher.Of(context);
        var caller = audit.FindCaller(context);
        ResponseRate.DisableMinimum(context);
        context.Response.ContentType = ContentType;
        var output = context.Response.BodyWriter;
        using var response = feeds.Responses.Begin(output, batch.Length, new ResponseReader(context));
        foreach (var lines in LinesOf(batch).Chunk(LinesAtOnce))
        {
            var results = lines.Select(line => PublishLineAsync(context, publisher, caller, line)).ToArray();
            await WriteAsync(results, output, response);
        }
    }

    private static bool IsBatch(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && type.MediaType.Equals(ContentType, StringComparison.OrdinalIgnoreCase)
        && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase));

    // Empty lines count, because they cost time, too.
    private static int CountLines(ReadOnlySpan<byte> batch) =>
        batch.Count((byte)'\n') + (batch is [.., (byte)'\n'] ? 0 : 1);

    private static IEnumerable<ReadOnlyMemory<byte>> LinesOf(ReadOnlyMemory<byte> batch)
    {
        while (!batch.IsEmpty)
        {
            var end = batch.Span.IndexOf((byte)'\n');
            var line = end < 0 ? batch : batch[..end];
            batch = end < 0 ? default : batch[(end + 1)..];
            if (!line.Span.Trim(" \t\r"u8).IsEmpty)
            {
                yield return line;
            }
        }
    }

    // If the client disconnects, or is cut because it is too slow, the rest is still published.
    private static async Task WriteAsync(Task<byte[]>[] results, PipeWriter output, GrowingResponse response)
    {
        var unsentBytes = 0;
        foreach (var result in results)
        {
            var line = await result;
            if (response.IsDisconnected)
            {
                continue;
            }

            output.Write(line);
            output.Write("\n"u8);
            unsentBytes += line.Length + 1;
            if (unsentBytes >= PieceBytes)
            {
                await response.FlushAsync(unsentBytes);
                unsentBytes = 0;
            }
        }

        await response.FlushAsync(unsentBytes);
    }

    // The JSON of the line's result.
    private async Task<byte[]> PublishLineAsync(
        HttpContext context, Publisher publisher, AuditCaller? caller, ReadOnlyMemory<byte> json)
    {
        if (!rates.TryAcquire(publisher, out var refusal)
            || !BatchLine.TryParse(
                json, RequestPublisher.KeyScopeOf(context), limits.MaxUpdateBytes, posts, out var line, out refusal))
        {
            return ToJson(refusal);
        }

        if (!authorization.MayPublish(context, line.Page, line.Draft, out refusal))
        {
            audit.Refused(caller, line.Page, line.Draft, refusal.Problem);
            return ToJson(refusal);
        }

        if (!rates.TryAcquireOnPage(publisher, line.Page, out refusal))
        {
            return ToJson(refusal);
        }

        var result = await router.PublishAsync(line.Page, line.Draft, CancellationToken.None);
        metrics.Publishes.Count(result.Status);
        var unpublished = PublishRefusal.Of(result, line.Page);
        audit.Published(caller, line.Page, line.Draft, result, unpublished);
        return unpublished is null
            ? new PublishResponse(line.Page, result, subscribers.Of(line.Page)).ToJson()
            : ToJson(unpublished);
    }

    private byte[] ToJson(Refusal refusal)
    {
        refusals.Count(refusal.Problem);
        var error = new BatchError(refusal.Problem.Type, refusal.Problem.Status, refusal.Detail);
        return JsonSerializer.SerializeToUtf8Bytes(new ErrorLine(error), PublishJson.Default.ErrorLine);
    }
}

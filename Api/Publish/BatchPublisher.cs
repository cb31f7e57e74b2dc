using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using LiveStreams.Api.Http;
using LiveStreams.Api.Limits;
using LiveStreams.Api.Security;
using LiveStreams.Core;
using LiveStreams.Core.FanOut;
using LiveStreams.Core.Posts;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace LiveStreams.Api.Publish;

/// <summary>
/// <c>POST /updates</c>: newline-delimited JSON, one update a line, any pages. The whole batch is read first, so one cut off on its way
/// publishes nothing; then its lines are published in order, up to 500 at a time, and answered in order. A line that is wrong fails alone.
/// </summary>
internal sealed class BatchPublisher(
    IPublishRouter pages, Feeds feeds, PageAuthorization access, PublishRateLimiter rates, LimitMetrics metrics, LimitOptions limits, PostOptions posts)
{
    private const int LinesAtOnce = 500;
    private const string ContentType = "application/x-ndjson";

    public async Task PublishAsync(HttpContext context)
    {
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type)
            || !type.MediaType.Equals(ContentType, StringComparison.OrdinalIgnoreCase)
            || (type.Charset.HasValue && !type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)))
        {
            await Problem.ContentType.WriteAsync(context, $"A batch is {ContentType}, in UTF-8.");
            return;
        }

        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = limits.MaxBatchBytes;
        if (await BodyData.ReadAsync(context.Request, limits.MaxBatchBytes) is not { } batch)
        {
            await Problem.TooLarge.WriteAsync(context, $"A batch has at most {limits.MaxBatchBytes} bytes.");
            return;
        }

        var publisher = Publisher.Of(context);
        context.Response.ContentType = ContentType;
        foreach (var lines in LinesOf(batch).Chunk(LinesAtOnce))
        {
            await AnswerAsync(lines.Select(line => PublishLineAsync(context, publisher, line)).ToArray(), context.Response.BodyWriter);
        }
    }

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

    private static async Task AnswerAsync(Task<byte[]>[] lines, PipeWriter output)
    {
        foreach (var line in lines)
        {
            output.Write(await line);
            output.Write("\n"u8);
        }

        await output.FlushAsync();
    }

    private async Task<byte[]> PublishLineAsync(HttpContext context, Publisher publisher, ReadOnlyMemory<byte> line)
    {
        try
        {
            if (!rates.TryTake(publisher, out var problem, out var error) || !BatchLine.TryParse(line, limits.MaxUpdateBytes, posts, out var parsed, out problem, out error))
            {
                return Error(problem, error);
            }

            if (!access.MayPublish(context, parsed.Page))
            {
                return Error(Problem.InsufficientScope, "The token does not let its bearer publish to this page.");
            }

            if (!rates.TryTake(parsed.Page, out problem, out error))
            {
                return Error(problem, error);
            }

            var published = await pages.PublishAsync(parsed.Page, parsed.Draft, CancellationToken.None);
            var answer = new PublishResponse(parsed.Page, published, feeds.SubscribersOf(parsed.Page));
            return JsonSerializer.SerializeToUtf8Bytes(answer.Line(), PublishJson.Default.PublishLine);
        }
        catch (StoreUnavailableException exception)
        {
            return Error(Problem.StoreUnavailable, Problem.Detail(exception));
        }
        catch (PostsFullException exception)
        {
            return Error(Problem.PostsFull, exception.Message);
        }
        catch (PageBusyException exception)
        {
            return Error(Problem.PageBusy, exception.Message);
        }
        catch (InvalidDraftException exception)
        {
            return Error(Problem.Data, exception.Message);
        }
    }

    private byte[] Error(Problem problem, string detail)
    {
        metrics.Refused(problem);
        return JsonSerializer.SerializeToUtf8Bytes(new ErrorLine(new BatchError(problem.Type, problem.Status, detail)), PublishJson.Default.ErrorLine);
    }
}

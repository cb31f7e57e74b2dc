using System.IO.Pipelines;
using System.Text.Json;
using LiveStreams.Api.Http;
using LiveStreams.Core;

namespace LiveStreams.Api.Publish;

/// <summary>What a publisher is told: 201, or 200 when its key had been answered before; where the update is; who is watching.</summary>
internal readonly struct PublishResponse(PageId page, Published published, int subscribers)
{
    public Task WriteAsync(HttpResponse response)
    {
        response.StatusCode = published.Repeated ? StatusCodes.Status200OK : StatusCodes.Status201Created;
        if (!published.Id.IsNone)
        {
            // The one update after the one before it: an update's own address.
            response.Headers.Location = $"{PagePath.For(page, "updates")}?after={published.Id.Before(published.Id.Sequence)}&limit=1";
        }

        return WriteLineAsync(response).AsTask();
    }

    /// <summary>The answer to whoever has ended the page: 200, and no address, because the update that ends a page is not in its history.</summary>
    public Task WriteEndAsync(HttpResponse response)
    {
        response.StatusCode = StatusCodes.Status200OK;
        return WriteLineAsync(response).AsTask();
    }

    /// <summary>The answer as one JSON object.</summary>
    public PublishLine Line() => new(
        page.Value,
        published.Id.IsNone ? null : published.Id.ToString(),
        published.Id.IsNone ? null : published.Id.Sequence,
        subscribers);

    private ValueTask<FlushResult> WriteLineAsync(HttpResponse response)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(Line(), PublishJson.Default.PublishLine);
        response.ContentType = "application/json";
        response.ContentLength = body.Length;
        return response.BodyWriter.WriteAsync(body);
    }
}

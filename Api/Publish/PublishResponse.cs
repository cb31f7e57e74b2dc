using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Serialization;
using LiveStreams.Api.Http;
using LiveStreams.Core;

namespace LiveStreams.Api.Publish;

/// <summary>The response to an update that has been published, now or before.</summary>
internal readonly struct PublishResponse(PageId page, PublishResult result, int subscribers)
{
    /// <summary>
    /// The response as one JSON object; <c>id</c> and <c>sequence</c> are null for a live-only update,
    /// <c>subscribers</c> are those of all nodes.
    /// </summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(
        new PublishLine(
            page.Value,
            result.Id.IsNone ? null : result.Id.ToString(),
            result.Id.IsNone ? null : result.Id.Sequence,
            subscribers),
        PublishJson.Default.PublishLine);

    /// <summary>
    /// Responds with 201, or with 200 when the update was published before, and the update's address.
    /// </summary>
    public Task WriteAsync(HttpResponse response)
    {
        response.StatusCode = result.IsRepeat ? StatusCodes.Status200OK : StatusCodes.Status201Created;
        if (!result.Id.IsNone)
        {
            // Reads one update after the id before this one: this update.
            var before = result.Id.Before(result.Id.Sequence);
            response.Headers.Location = $"{PagePath.For(page, "updates")}?after={before}&limit=1";
        }

        return WriteJsonAsync(response);
    }

    /// <summary>
    /// Responds with 200 and no address: the update that ends a page is not in the page's history.
    /// </summary>
    public Task WriteEndAsync(HttpResponse response)
    {
        response.StatusCode = StatusCodes.Status200OK;
        return WriteJsonAsync(response);
    }

    private Task<FlushResult> WriteJsonAsync(HttpResponse response)
    {
        var body = ToJson();
        response.ContentType = "application/json";
        response.ContentLength = body.Length;
        return response.BodyWriter.WriteAsync(body).AsTask();
    }
}

/// <summary>The JSON of a <see cref="PublishResponse"/>.</summary>
internal sealed record PublishLine(string Page, string? Id, long? Sequence, int Subscribers);

/// <summary>The JSON of a batch's line that was not published.</summary>
internal sealed record ErrorLine(BatchError Error);

/// <summary>The problem that the same update, published on its own, would have got.</summary>
internal sealed record BatchError(string Type, int Status, string? Detail);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PublishLine))]
[JsonSerializable(typeof(ErrorLine))]
internal sealed partial class PublishJson : JsonSerializerContext;

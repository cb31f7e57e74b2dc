using System.Text.Encodings.Web;
using System.Text.Json;

namespace LiveStreams.Api.Http;

/// <summary>A response that is one JSON object.</summary>
internal static class JsonResponse
{
    // application/json is never read as HTML, so markup in data may stand as it is.
    private static readonly JsonWriterOptions _options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Responds with one object, whose properties <paramref name="write"/> writes.</summary>
    public static async Task WriteAsync(HttpResponse response, Action<Utf8JsonWriter> write)
    {
        response.ContentType = "application/json";
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        await using var json = new Utf8JsonWriter(response.BodyWriter, _options);
        json.WriteStartObject();
        write(json);
        json.WriteEndObject();
    }
}

using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace LiveStreams.Api.Http;

/// <summary>A response that is one JSON object.</summary>
internal static class JsonResponse
{
    private const string ContentType = "application/json";

    // application/json is never read as HTML, so markup in data may stand as it is.
    private static readonly JsonWriterOptions _options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Responds with one object, whose properties <paramref name="write"/> writes.</summary>
    public static async Task WriteAsync(HttpResponse response, Action<Utf8JsonWriter> write)
    {
        response.ContentType = ContentType;
        await using var json = new Utf8JsonWriter(response.BodyWriter, _options);
        json.WriteStartObject();
        write(json);
        json.WriteEndObject();
    }

    /// <summary>Writes one value; <paramref name="type"/> is what the source generator made for its type.</summary>
    public static async Task WriteAsync<T>(HttpResponse response, T value, JsonTypeInfo<T> type)
    {
        response.ContentType = ContentType;
        await using var json = new Utf8JsonWriter(response.BodyWriter, _options);
        JsonSerializer.Serialize(json, value, type);
    }
}

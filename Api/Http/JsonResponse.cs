using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace LiveStreams.Api.Http;

/// <summary>A response that is one JSON object.</summary>
internal static class JsonResponse
{
    // application/json is never read as HTML, so markup in data may stand as it is.
    private static readonly JsonWriterOptions _options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes one value; <paramref name="type"/> is what the source generator made for its type.</summary>
    public static async Task WriteAsync<T>(HttpResponse response, T value, JsonTypeInfo<T> type)
    {
        SetHeaders(response);
        await using var json = new Utf8JsonWriter(response.BodyWriter, _options);
        JsonSerializer.Serialize(json, value, type);
    }

    /// <summary>
    /// The bytes of one value, for a response that is written in pieces. <paramref name="type"/> is what the source
    /// generator made for its type.
    /// </summary>
    public static ReadOnlyMemory<byte> Encode<T>(T value, JsonTypeInfo<T> type)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, _options))
        {
            JsonSerializer.Serialize(json, value, type);
        }

        // Without the spare room of the buffer, because it may be held for long.
        return bytes.WrittenSpan.ToArray();
    }

    public static void SetHeaders(HttpResponse response)
    {
        response.ContentType = "application/json";
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
    }
}

using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace LiveStreams.Api.Http;

/// <summary>A response that is one JSON object.</summary>
internal static class JsonResponse
{
    public const string ContentType = "application/json";

    // application/json is never read as HTML, so markup in data may stand as it is.
    private static readonly JsonWriterOptions _options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes one value; <paramref name="type"/> is what the source generator made for its type.</summary>
    public static async Task WriteAsync<T>(HttpResponse response, T value, JsonTypeInfo<T> type)
    {
        response.ContentType = ContentType;
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

        return WithoutSpareRoom(bytes);
    }

    /// <summary>The same, with each value on a line of its own.</summary>
    public static ReadOnlyMemory<byte> EncodeLines<T>(IEnumerable<T> values, JsonTypeInfo<T> type)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(bytes, _options);
        foreach (var value in values)
        {
            JsonSerializer.Serialize(json, value, type);
            json.Flush();
            json.Reset();
            bytes.Write("\n"u8);
        }

        return WithoutSpareRoom(bytes);
    }

    // The bytes may be held for long.
    private static ReadOnlyMemory<byte> WithoutSpareRoom(ArrayBufferWriter<byte> bytes) => bytes.WrittenSpan.ToArray();
}

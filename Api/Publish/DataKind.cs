using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;
using LiveStreams.Api.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace LiveStreams.Api.Publish;

/// <summary>
/// What the content type of a publish says about its data: text or JSON. Either is UTF-8, and is published as it is.
/// </summary>
internal readonly record struct DataKind(bool IsJson)
{
    /// <summary>
    /// Text is <c>text/*</c>, no content type, and <c>application/x-www-form-urlencoded</c>, which <c>curl -d</c> sends
    /// with any text. JSON is <c>application/json</c> and <c>application/*+json</c>.
    /// </summary>
    public static bool TryParse(string? contentType, out DataKind kind, [NotNullWhen(false)] out Refusal? refusal)
    {
        (kind, refusal) = (default, null);
        if (string.IsNullOrEmpty(contentType))
        {
            return true;
        }

        if (!MediaTypeHeaderValue.TryParse(contentType, out var type))
        {
            refusal = new Refusal(Problem.ContentType, $"'{contentType}' is not a content type.");
            return false;
        }

        if (type.Charset.HasValue && !Is(type.Charset.Value.Trim('"'), "utf-8") && !Is(type.Charset.Value, "us-ascii"))
        {
            refusal = new Refusal(Problem.ContentType, "Data must be UTF-8; no other charset is accepted.");
            return false;
        }

        kind = new DataKind(IsJsonType(type));
        if (kind.IsJson || Is(type.Type, "text") || Is(type.MediaType, "application/x-www-form-urlencoded"))
        {
            return true;
        }

        refusal = new Refusal(Problem.ContentType, "Data must be text/* or application/json.");
        return false;
    }

    /// <summary>Null when the data is of this kind.</summary>
    public Refusal? Check(ReadOnlySpan<byte> data)
    {
        var error = !Utf8.IsValid(data) ? "The data is not valid UTF-8." : IsJson ? FindJsonError(data) : null;
        return error is null ? null : new Refusal(Problem.Data, error);
    }

    private static bool IsJsonType(MediaTypeHeaderValue type) =>
        Is(type.MediaType, "application/json") || (Is(type.Type, "application") && Is(type.Suffix, "json"));

    private static string? FindJsonError(ReadOnlySpan<byte> data)
    {
        var reader = new Utf8JsonReader(data);
        try
        {
            while (reader.Read())
            {
            }

            return null;
        }
        catch (JsonException exception)
        {
            return $"The data is not JSON: {exception.Message}";
        }
    }

    private static bool Is(StringSegment value, string expected) =>
        value.Equals(expected, StringComparison.OrdinalIgnoreCase);
}

using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.Net.Http.Headers;

namespace LiveStreams.Api.Publish;

/// <summary>What the content type of a publish promises about its data: text, or JSON. Either is UTF-8, and is published as it is.</summary>
internal readonly record struct DataKind(bool IsJson)
{
    /// <summary>
    /// Text is <c>text/*</c>, no content type, and <c>application/x-www-form-urlencoded</c>, which is what <c>curl -d</c> says of any text.
    /// JSON is <c>application/json</c> and <c>application/*+json</c>.
    /// </summary>
    public static bool TryParse(string? contentType, out DataKind kind, [NotNullWhen(false)] out string? error)
    {
        kind = default;
        error = null;
        if (string.IsNullOrEmpty(contentType))
        {
            return true;
        }

        if (!MediaTypeHeaderValue.TryParse(contentType, out var type))
        {
            error = $"'{contentType}' is not a content type.";
            return false;
        }

        if (type.Charset.HasValue && !Is(type.Charset.Value.Trim('"'), "utf-8") && !Is(type.Charset.Value, "us-ascii"))
        {
            error = "Data is UTF-8; another charset is not understood.";
            return false;
        }

        kind = new DataKind(Is(type.MediaType.Value, "application/json") || (Is(type.Type.Value, "application") && Is(type.Suffix.Value, "json")));
        if (kind.IsJson || Is(type.Type.Value, "text") || Is(type.MediaType.Value, "application/x-www-form-urlencoded"))
        {
            return true;
        }

        error = "Data is text/* or application/json.";
        return false;
    }

    /// <summary>What is wrong with the data, in one sentence, or null.</summary>
    public string? FindError(ReadOnlySpan<byte> data)
    {
        if (!Utf8.IsValid(data))
        {
            return "The data is not valid UTF-8.";
        }

        return IsJson ? JsonError(data) : null;
    }

    private static string? JsonError(ReadOnlySpan<byte> data)
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

    private static bool Is(string? value, string expected) => string.Equals(value, expected, StringComparison.OrdinalIgnoreCase);
}

using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using LiveStreams.Api.Http;
using LiveStreams.Api.Posts;
using LiveStreams.Core;
using LiveStreams.Core.Posts;

namespace LiveStreams.Api.Publish;

/// <summary>One line of a batch: <c>{"page","event"?,"data","key"?,"keep"?}</c>. Data that is a string is text; other JSON is published as it stands.</summary>
internal readonly record struct BatchLine(PageId Page, UpdateDraft Draft)
{
    public static bool TryParse(
        ReadOnlyMemory<byte> json, int maxBytes, PostOptions posts, out BatchLine line, [NotNullWhen(false)] out Problem? problem, [NotNullWhen(false)] out string? error)
    {
        line = default;
        problem = Problem.Data;
        if (!Utf8.IsValid(json.Span))
        {
            error = "The line is not valid UTF-8.";
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(json);
            return TryRead(document.RootElement, maxBytes, posts, out line, out problem, out error);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            problem = Problem.Data;

            // InvalidOperationException: a string with half a character in it, such as "\ud800".
            error = $"The line is not JSON: {exception.Message}";
            return false;
        }
    }

    private static bool TryRead(
        JsonElement root, int maxBytes, PostOptions posts, out BatchLine line, [NotNullWhen(false)] out Problem? problem, [NotNullWhen(false)] out string? error)
    {
        line = default;
        problem = Problem.Data;
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("data", out var data))
        {
            error = "A line is an object with page and data.";
            return false;
        }

        problem = Problem.PageName;
        if (!TryText(root, "page", out var pageName, out error) || !PageId.TryParse(pageName ?? "", out var page, out error))
        {
            return false;
        }

        problem = Problem.EventName;
        if (!TryText(root, "event", out var eventName, out error) || (eventName is not null && (error = EventName.FindError(eventName)) is not null))
        {
            return false;
        }

        problem = Problem.IdempotencyKey;
        if (!TryText(root, "key", out var key, out error) || (key is not null && (error = UpdateDraft.FindKeyError(key)) is not null))
        {
            return false;
        }

        problem = Problem.TooLarge;
        var bytes = Encoding.UTF8.GetBytes(data.ValueKind == JsonValueKind.String ? data.GetString()! : data.GetRawText());
        if (bytes.Length > maxBytes)
        {
            error = $"An update has at most {maxBytes} bytes.";
            return false;
        }

        problem = Problem.Query;
        var keep = !root.TryGetProperty("keep", out var keepValue) || keepValue.ValueKind == JsonValueKind.True;
        if (!keep && keepValue.ValueKind != JsonValueKind.False)
        {
            error = "keep is true or false.";
            return false;
        }

        if (!PostData.TryRead(bytes, data.ValueKind == JsonValueKind.Object && eventName is null && keep, posts, out var changes, out problem, out error))
        {
            return false;
        }

        line = new BatchLine(page, new UpdateDraft { Data = bytes, Event = eventName, Key = key, Keep = keep, Posts = changes });
        return true;
    }

    private static bool TryText(JsonElement root, string name, out string? text, [NotNullWhen(false)] out string? error)
    {
        error = null;
        text = null;
        if (!root.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return true;
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            error = $"{name} is a string.";
            return false;
        }

        text = value.GetString();
        return true;
    }
}

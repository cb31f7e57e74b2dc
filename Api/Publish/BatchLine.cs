using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using LiveStreams.Api.Http;
using LiveStreams.Core;
using LiveStreams.Core.Posts;

namespace LiveStreams.Api.Publish;

/// <summary>
/// One line of a batch: <c>{"page","event"?,"data","key"?,"keep"?}</c>. Data that is a string is published as text,
/// other JSON as it stands.
/// </summary>
internal readonly record struct BatchLine(PageId Page, UpdateDraft Draft)
{
    public static bool TryParse(
        ReadOnlyMemory<byte> json,
        int maxBytes,
        PostOptions posts,
        out BatchLine line,
        [NotNullWhen(false)] out Refusal? refusal)
    {
        line = default;
        if (!Utf8.IsValid(json.Span))
        {
            refusal = new Refusal(Problem.Data, "The line is not valid UTF-8.");
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(json);
            return TryRead(document.RootElement, maxBytes, posts, out line, out refusal);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string with half a surrogate pair, such as "\ud800".
            refusal = new Refusal(Problem.Data, $"The line is not JSON: {exception.Message}");
            return false;
        }
    }

    private static bool TryRead(
        JsonElement root,
        int maxBytes,
        PostOptions posts,
        out BatchLine line,
        [NotNullWhen(false)] out Refusal? refusal)
    {
        line = default;
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("data", out var data))
        {
            refusal = new Refusal(Problem.Data, "A line is an object with page and data.");
            return false;
        }

        if (!TryReadPage(root, out var page, out refusal)
            || !TryReadEventName(root, out var eventName, out refusal)
            || !TryReadKey(root, out var key, out refusal)
            || !TryReadData(data, maxBytes, out var bytes, out refusal)
            || !TryReadKeep(root, out var keep, out refusal))
        {
            return false;
        }

        var mayChangePosts = PostData.MayChangePosts(data.ValueKind == JsonValueKind.Object, eventName, keep);
        if (!PostData.TryRead(bytes, mayChangePosts, posts, out var changes, out refusal))
        {
            return false;
        }

        var draft = new UpdateDraft { Data = bytes, Event = eventName, Key = key, Keep = keep, Posts = changes };
        line = new BatchLine(page, draft);
        return true;
    }

    private static bool TryReadPage(JsonElement root, out PageId page, [NotNullWhen(false)] out Refusal? refusal)
    {
        page = default;
        if (!TryReadText(root, "page", Problem.PageName, out var name, out refusal))
        {
            return false;
        }

        refusal = PageId.TryParse(name ?? "", out page, out var error) ? null : new Refusal(Problem.PageName, error);
        return refusal is null;
    }

    private static bool TryReadEventName(
        JsonElement root,
        out string? name,
        [NotNullWhen(false)] out Refusal? refusal) =>
        TryReadText(root, "event", Problem.EventName, out name, out refusal)
        && PublishRequest.IsEventName(name, out refusal);

    private static bool TryReadKey(JsonElement root, out string? key, [NotNullWhen(false)] out Refusal? refusal) =>
        TryReadText(root, "key", Problem.IdempotencyKey, out key, out refusal)
        && IdempotencyKey.IsValid(key, out refusal);

    private static bool TryReadData(
        JsonElement data,
        int maxBytes,
        out byte[] bytes,
        [NotNullWhen(false)] out Refusal? refusal)
    {
        bytes = Encoding.UTF8.GetBytes(data.ValueKind == JsonValueKind.String ? data.GetString()! : data.GetRawText());
        refusal = bytes.Length <= maxBytes
            ? null
            : new Refusal(Problem.TooLarge, $"An update has at most {maxBytes} bytes.");
        return refusal is null;
    }

    private static bool TryReadKeep(JsonElement root, out bool keep, [NotNullWhen(false)] out Refusal? refusal)
    {
        keep = !root.TryGetProperty("keep", out var value) || value.ValueKind == JsonValueKind.True;
        refusal = keep || value.ValueKind == JsonValueKind.False
            ? null
            : new Refusal(Problem.Query, "keep is true or false.");
        return refusal is null;
    }

    // The text is null when the property is missing or null.
    private static bool TryReadText(
        JsonElement root,
        string name,
        Problem problem,
        out string? text,
        [NotNullWhen(false)] out Refusal? refusal)
    {
        (text, refusal) = (null, null);
        if (!root.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return true;
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            refusal = new Refusal(problem, $"{name} is a string.");
            return false;
        }

        text = value.GetString();
        return true;
    }
}

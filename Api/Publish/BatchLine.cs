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
        string? keyScope,
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
            var reader = new Reader(document.RootElement, keyScope);
            refusal = reader.Read(maxBytes, posts);
            line = refusal is null ? reader.ToLine() : default;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string with half a surrogate pair, such as "\ud800".
            refusal = new Refusal(Problem.Data, $"The line is not JSON: {exception.Message}");
        }

        return refusal is null;
    }

    // Reads one member after the other, and stops at the first that is refused.
    private sealed class Reader(JsonElement root, string? keyScope)
    {
        private PageId _page;
        private string? _event;
        private IdempotencyKey? _key;
        private byte[] _data = [];
        private bool _keep;
        private PostChanges? _posts;

        public Refusal? Read(int maxBytes, PostOptions posts)
        {
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("data", out var data))
            {
                return new Refusal(Problem.Data, "A line must be an object with page and data.");
            }

            return ReadPage()
                ?? ReadEvent()
                ?? ReadKey()
                ?? ReadData(data, maxBytes)
                ?? ReadKeep()
                ?? ReadPosts(posts);
        }

        public BatchLine ToLine() => new(
            _page,
            new UpdateDraft { Data = _data, Event = _event, Key = _key, Keep = _keep, Posts = _posts });

        private Refusal? ReadPage()
        {
            string? name = null;
            return ReadText("page", Problem.PageName, ref name)
                ?? (PageId.TryParse(name ?? "", out _page, out var error) ? null : new(Problem.PageName, error));
        }

        private Refusal? ReadEvent() =>
            ReadText("event", Problem.EventName, ref _event) ?? PublishRequest.CheckEventName(_event);

        private Refusal? ReadKey()
        {
            string? text = null;
            var refusal = ReadText("key", Problem.IdempotencyKey, ref text) ?? RequestKey.Check(text);
            _key = text is null ? null : new IdempotencyKey(text, keyScope);
            return refusal;
        }

        private Refusal? ReadData(JsonElement data, int maxBytes)
        {
            var text = data.ValueKind == JsonValueKind.String ? data.GetString()! : data.GetRawText();
            _data = Encoding.UTF8.GetBytes(text);
            return _data.Length <= maxBytes ? null : new(Problem.TooLarge, $"An update has at most {maxBytes} bytes.");
        }

        private Refusal? ReadKeep()
        {
            _keep = !root.TryGetProperty("keep", out var keep) || keep.ValueKind == JsonValueKind.True;
            return _keep || keep.ValueKind == JsonValueKind.False
                ? null
                : new Refusal(Problem.Query, "keep must be true or false.");
        }

        private Refusal? ReadPosts(PostOptions posts)
        {
            PostData.TryRead(_data, _event, _keep, posts, out _posts, out var refusal);
            return refusal;
        }

        // The text stays null when the member is missing or null.
        private Refusal? ReadText(string name, Problem problem, ref string? text)
        {
            if (!root.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            {
                return null;
            }

            if (value.ValueKind != JsonValueKind.String)
            {
                return new Refusal(problem, $"{name} must be a string.");
            }

            text = value.GetString();
            return null;
        }
    }
}

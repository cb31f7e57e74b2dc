using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using LiveStreams.Core;

namespace LiveStreams.Redis;

/// <summary>
/// Updates as JSON, in the log and on the channel:
/// <code>
/// entry        = {"event":name-or-null,"data":text}
/// announcement = {"id":id-or-null,"event":name-or-null,"data":text}      ; id null: live only
/// </code>
/// Members stand in this order; a reader of the channel may count on plain JSON only.
/// </summary>
internal static class UpdateJson
{
    /// <summary>What an announcement begins with, before the id.</summary>
    private static ReadOnlySpan<byte> AnnouncementStart => "{\"id\":"u8;

    // Readable in redis-cli: nothing is escaped that JSON does not ask for.
    private static readonly JsonWriterOptions _writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static ReadOnlyMemory<byte> Entry(UpdateDraft draft)
    {
        var json = new ArrayBufferWriter<byte>(draft.Data.Length + 64);
        using (var writer = new Utf8JsonWriter(json, _writing))
        {
            writer.WriteStartObject();
            writer.WriteString("event"u8, draft.Event);
            writer.WriteString("data"u8, draft.Data.Span);
            writer.WriteEndObject();
        }

        return json.WrittenMemory;
    }

    /// <summary>Reads an entry of the log; null when it is none of ours.</summary>
    public static Update? ReadEntry(UpdateId id, long unixMilliseconds, ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        try
        {
            var time = DateTimeOffset.FromUnixTimeMilliseconds(unixMilliseconds);
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject ? ReadRest(ref reader, id, time) : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentOutOfRangeException)
        {
            // InvalidOperationException: a string with half a character in it, such as "\ud800".
            return null;
        }
    }

    /// <summary>Reads an announcement, valid UTF-8; null when it is another program's message.</summary>
    public static Update? ReadAnnouncement(ReadOnlySpan<byte> json, DateTimeOffset now)
    {
        if (!json.StartsWith(AnnouncementStart))
        {
            return null;
        }

        var reader = new Utf8JsonReader(json);
        try
        {
            reader.Read();
            reader.Read();
            reader.Read();
            return TryReadId(ref reader, out var id) ? ReadRest(ref reader, id, now) : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static bool TryReadId(ref Utf8JsonReader reader, out UpdateId id)
    {
        id = UpdateId.None;
        return reader.TokenType == JsonTokenType.Null
            || (reader.TokenType == JsonTokenType.String && UpdateId.TryParse(reader.GetString(), out id) && id.Sequence > 0);
    }

    private static Update? ReadRest(ref Utf8JsonReader reader, UpdateId id, DateTimeOffset time)
    {
        if (!IsNext(ref reader, "event"u8) || reader.TokenType is not (JsonTokenType.String or JsonTokenType.Null)
            || reader.GetString() is { } name && EventName.FindError(name) is not null && (name != EventName.End || id.IsNone))
        {
            return null;
        }

        var eventName = reader.GetString();
        if (!IsNext(ref reader, "data"u8) || reader.TokenType != JsonTokenType.String)
        {
            return null;
        }

        var data = Text(ref reader);
        return reader.Read() && reader.TokenType == JsonTokenType.EndObject && !reader.Read() ? new Update(id, eventName, data, time) : null;
    }

    private static bool IsNext(ref Utf8JsonReader reader, ReadOnlySpan<byte> name) =>
        reader.Read() && reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals(name) && reader.Read();

    private static ReadOnlyMemory<byte> Text(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            return reader.ValueSpan.ToArray();
        }

        var text = new byte[reader.ValueSpan.Length];
        return text.AsMemory(0, reader.CopyString(text));
    }
}

using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using LiveStreams.Core;
using LiveStreams.Core.Tracing;

namespace LiveStreams.Redis;

/// <summary>
/// Writes and reads updates as JSON, as they are in the log and on the channel:
/// <code>
/// entry        = {"event":name-or-null,"data":text}
/// announcement = {"id":id-or-null,"event":name-or-null,"data":text}      ; id null: live only
///              | {"id":...,"event":...,"data":text,"trace":traceparent}   ; of an update that is traced
/// </code>
/// LiveStreams reads the members in this order only, and ignores texts that follow them. Other readers of the channel
/// must not rely on the order.
/// </summary>
internal static class UpdateJson
{
    // Readable in redis-cli: only what JSON requires is escaped.
    private static readonly JsonWriterOptions _writerOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    /// <summary>What an announcement begins with, before the id.</summary>
    private static ReadOnlySpan<byte> AnnouncementStart => "{\"id\":"u8;

    /// <summary>Writes an entry. The script makes the announcement from it.</summary>
    public static ReadOnlyMemory<byte> WriteEntry(UpdateDraft draft)
    {
        var json = new ArrayBufferWriter<byte>(draft.Data.Length + 64);
        using (var writer = new Utf8JsonWriter(json, _writerOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("event"u8, draft.Event);
            writer.WriteString("data"u8, draft.Data.Span);
            writer.WriteEndObject();
        }

        return json.WrittenMemory;
    }

    /// <summary>Reads an entry of the log. Returns null if LiveStreams has not written it.</summary>
    public static Update? ReadEntry(UpdateId id, long unixMilliseconds, ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        try
        {
            var time = DateTimeOffset.FromUnixTimeMilliseconds(unixMilliseconds);
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject
                ? ReadRest(ref reader, id, time)
                : null;
        }
        catch (Exception exception)
            when (exception is JsonException or InvalidOperationException or ArgumentOutOfRangeException)
        {
            // InvalidOperationException: a string with half of a surrogate pair, such as "\ud800".
            return null;
        }
    }

    /// <summary>Reads an announcement, valid UTF-8. Returns null if it is another program's message.</summary>
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
            || (reader.TokenType == JsonTokenType.String
                && UpdateId.TryParse(reader.GetString(), out id)
                && id.Sequence > 0);
    }

    private static Update? ReadRest(ref Utf8JsonReader reader, UpdateId id, DateTimeOffset time)
    {
        if (!IsNext(ref reader, "event"u8) || reader.TokenType is not (JsonTokenType.String or JsonTokenType.Null))
        {
            return null;
        }

        var eventName = reader.GetString();
        var isEnd = eventName == EventName.End && !id.IsNone;
        if (eventName is not null && EventName.FindError(eventName) is not null && !isEnd)
        {
            return null;
        }

        if (!IsNext(ref reader, "data"u8) || reader.TokenType != JsonTokenType.String)
        {
            return null;
        }

        var data = ReadText(ref reader);
        return TryReadTrace(ref reader, out var trace)
            ? new Update(id, eventName, data, time) { TraceParent = trace }
            : null;
    }

    // Reads what follows the data, until the end. A newer version may write more than the trace.
    private static bool TryReadTrace(ref Utf8JsonReader reader, out string? trace)
    {
        trace = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isTrace = reader.ValueTextEquals("trace"u8);
            if (!reader.Read() || reader.TokenType != JsonTokenType.String)
            {
                return false;
            }

            if (isTrace && reader.GetString() is var text && UpdateTrace.IsTraceParent(text!))
            {
                trace = text;
            }
        }

        return reader.TokenType == JsonTokenType.EndObject && !reader.Read();
    }

    // Reads a member's name, and its value if the name is the expected one.
    private static bool IsNext(ref Utf8JsonReader reader, ReadOnlySpan<byte> name) =>
        reader.Read()
        && reader.TokenType == JsonTokenType.PropertyName
        && reader.ValueTextEquals(name)
        && reader.Read();

    private static ReadOnlyMemory<byte> ReadText(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            return reader.ValueSpan.ToArray();
        }

        var text = new byte[reader.ValueSpan.Length];
        return text.AsMemory(0, reader.CopyString(text));
    }
}

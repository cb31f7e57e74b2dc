using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LiveStreams.Core.FanOut;

/// <summary>
/// An event of one page as it is in a stream of several pages, without its <c>id:</c>: it keeps its name, and its data
/// is <c>{"page","id","event","data"}</c>, in which <c>data</c> is a string, always.
/// </summary>
internal static class Envelope
{
    private static readonly JsonWriterOptions _options = new()
    {
        // Not part of an HTML page, and otherwise every non-ASCII character would have six bytes.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Encodes an event.</summary>
    /// <param name="page">The page it is of.</param>
    /// <param name="id">The update's id, or the position in the page; null for a live-only update.</param>
    /// <param name="name">Its event name, or null.</param>
    /// <param name="data">Its data.</param>
    public static byte[] Encode(PageId page, UpdateId? id, string? name, ReadOnlySpan<byte> data)
    {
        var text = new EventText(position: null, name, EncodeJson(page, id, name, data));
        var bytes = new byte[text.Length];
        text.Write(bytes);
        return bytes;
    }

    /// <summary>The data of the envelope: one line.</summary>
    public static ReadOnlySpan<byte> EncodeJson(PageId page, UpdateId? id, string? name, ReadOnlySpan<byte> data)
    {
        var buffer = new ArrayBufferWriter<byte>(data.Length + 256);
        using (var json = new Utf8JsonWriter(buffer, _options))
        {
            json.WriteStartObject();
            json.WriteString("page"u8, page.Value);
            json.WriteString("id"u8, id?.ToString());
            json.WriteString("event"u8, name);
            json.WriteString("data"u8, data);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan;
    }
}

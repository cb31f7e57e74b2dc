using System.Globalization;
using System.Text.Json;
using LiveStreams.Core;

namespace LiveStreams.Api.History;

/// <summary>The JSON of a page's history.</summary>
internal static class HistoryJson
{
    /// <summary>One page of history: the updates, the position to ask after for more (null at the end), and the newest id.</summary>
    public static void WriteBlock(Utf8JsonWriter json, PageId page, UpdateId after, HistoryBlock block)
    {
        var last = block.Updates.Count > 0 ? block.Updates[^1].Id : after;
        json.WriteString("page", page.Value);
        json.WriteStartArray("updates");
        foreach (var update in block.Updates)
        {
            json.WriteStartObject();
            json.WriteString("id", update.Id.ToString());
            json.WriteString("event", update.Event);
            json.WriteString("data", update.Data.Span);
            json.WriteString("time", update.Time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("next", last.Sequence < block.Page.Head.Sequence ? last.ToString() : null);
        json.WriteString("head", block.Page.Head.ToString());
    }
}

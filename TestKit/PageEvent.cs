using System.Net.ServerSentEvents;
using System.Text.Json;

namespace LiveStreams.TestKit;

/// <summary>An event of a stream of several pages, as its envelope says.</summary>
public sealed record PageEvent(string Page, string? Id, string? Event, string Data)
{
    /// <summary>Reads the envelope; fails if its event name is not the event's.</summary>
    public static PageEvent Parse(SseItem<string> item)
    {
        var read = JsonSerializer.Deserialize<PageEvent>(item.Data, JsonSerializerOptions.Web)!;
        Assert.Equal(item.EventType, read.Event ?? "message");
        return read;
    }
}

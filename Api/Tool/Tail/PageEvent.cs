using System.Net.ServerSentEvents;
using System.Text.Json.Serialization;

namespace LiveStreams.Api.Tool.Tail;

/// <summary>One event of a stream: an update of a page, or what the stream says about the page.</summary>
/// <param name="Page">The page.</param>
/// <param name="Id">The update's id in its page; null for an update that is not kept.</param>
/// <param name="Event">The event name; null for the default, <c>message</c>.</param>
/// <param name="Data">The data.</param>
internal sealed partial record PageEvent(string Page, string? Id, string? Event, string Data)
{
    /// <summary>Whether updates of the page are lost.</summary>
    [JsonIgnore]
    public bool IsReset => Event == "reset";

    /// <summary>Whether the page has been deleted.</summary>
    [JsonIgnore]
    public bool IsEnd => Event == "end";

    /// <summary>
    /// Reads an event of the stream of one page, <paramref name="page"/>, or, if that is null, the envelope of several.
    /// </summary>
    /// <exception cref="ToolException">It is not such an envelope.</exception>
    public static PageEvent Read(SseItem<string> item, string? page) => page is null
        ? ServerJson.Read(item.Data, PageEventJson.Default.PageEvent)
        : new PageEvent(page, item.EventId, item.EventType == "message" ? null : item.EventType, item.Data);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(PageEvent))]
[JsonSerializable(typeof(PageReset))]
internal sealed partial class PageEventJson : JsonSerializerContext;

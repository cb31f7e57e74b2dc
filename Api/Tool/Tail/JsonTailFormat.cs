namespace LiveStreams.Api.Tool.Tail;

/// <summary>
/// One JSON object a line, in the members of the envelope of several pages. What the stream says about a page
/// (<c>reset</c>, <c>end</c>) is there too: no update can have these event names.
/// </summary>
internal sealed class JsonTailFormat : ITailFormat
{
    public string Format(PageEvent update) => JsonLine.Create(json =>
    {
        json.WriteStartObject();
        json.WriteString("page", update.Page);
        json.WriteString("id", update.Id);
        json.WriteString("event", update.Event);
        json.WriteString("data", update.Data);
        json.WriteEndObject();
    });
}

using System.Text;
using LiveStreams.Api.Http;

namespace LiveStreams.Api.Tool.Tail;

/// <summary>
/// One JSON object a line, in the members of the envelope of several pages. What the stream says about a page
/// (<c>reset</c>, <c>end</c>) is there too: no update can have these event names.
/// </summary>
internal sealed class JsonTailFormat : ITailFormat
{
    public string Format(PageEvent update) =>
        Encoding.UTF8.GetString(JsonResponse.Encode(update, PageEventJson.Default.PageEvent).Span);
}

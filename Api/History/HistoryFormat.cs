using LiveStreams.Api.Http;
using Microsoft.Net.Http.Headers;

namespace LiveStreams.Api.History;

/// <summary>How a response has the updates of its block.</summary>
internal enum HistoryFormat
{
    /// <summary>One JSON object.</summary>
    Json,

    /// <summary>One update a line.</summary>
    Ndjson,
}

/// <summary>Chooses the format that a request accepts, and names it.</summary>
internal static class HistoryFormats
{
    private const string Ndjson = "application/x-ndjson";

    /// <summary>
    /// JSON, unless <c>Accept</c> names NDJSON, and does not name JSON with the same or a higher weight (RFC 9110
    /// §12.4.2).
    /// </summary>
    public static HistoryFormat AcceptedBy(HttpRequest request)
    {
        if (request.Headers.Accept.Count == 0)
        {
            return HistoryFormat.Json;
        }

        var accepted = request.GetTypedHeaders().Accept;
        return Weight(accepted, Ndjson) > Weight(accepted, JsonResponse.ContentType)
            ? HistoryFormat.Ndjson
            : HistoryFormat.Json;
    }

    public static string ContentType(this HistoryFormat format) =>
        format == HistoryFormat.Ndjson ? Ndjson : JsonResponse.ContentType;

    private static double Weight(IList<MediaTypeHeaderValue> accepted, string type) => accepted
        .Where(accept => accept.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase))
        .Select(accept => accept.Quality ?? 1)
        .FirstOrDefault();
}

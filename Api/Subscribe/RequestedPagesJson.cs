using System.Text.Json.Serialization;

namespace LiveStreams.Api.Subscribe;

/// <summary>The body of <c>POST /events</c>.</summary>
internal sealed record RequestedPagesBody(
    string?[]? Pages, string?[]? Patterns, string?[]? Events, bool Presence = false)
{
    /// <summary>Null if it has neither pages nor patterns.</summary>
    public RequestedPages? ToList() => (Pages ?? Patterns) is null
        ? null
        : new RequestedPages(Pages ?? [], Patterns ?? [], Events ?? [], Presence);
}

// A misspelt member would otherwise ask for something else without a word.
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(RequestedPagesBody))]
internal sealed partial class RequestedPagesJson : JsonSerializerContext;

using System.Text.Json.Serialization;

namespace LiveStreams.Api.Subscribe;

/// <summary>The body of <c>POST /events</c>.</summary>
internal sealed record PageListBody(string?[]? Pages, string?[]? Events)
{
    /// <summary>Null if it names no pages.</summary>
    public PageList? ToList() => Pages is null ? null : new PageList(Pages, Events ?? []);
}

// A misspelt member would otherwise ask for something else without a word.
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(PageListBody))]
internal sealed partial class PageListJson : JsonSerializerContext;

using System.Text.Json.Serialization;
using LiveStreams.Api.Http;
using LiveStreams.Core.Listing;

namespace LiveStreams.Api.Pages;

/// <summary>Some of the pages that the caller may see.</summary>
/// <param name="Pages">The pages, in the order of their names.</param>
/// <param name="Next">The name to ask after for more, or null at the end.</param>
internal sealed record PageList(PageItem[] Pages, string? Next)
{
    public static PageList Of(FoundPages found) => new([.. found.Pages.Select(PageItem.Of)], found.Next?.Value);
}

/// <summary>One page of the list.</summary>
internal readonly record struct PageItem(
    string Page,
    string Head,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset Time,
    bool Ended)
{
    public static PageItem Of(ListedPage page) =>
        new(page.Page.Value, page.Head.ToString(), page.Time, page.IsEnded);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PageList))]
internal sealed partial class PageListJson : JsonSerializerContext;

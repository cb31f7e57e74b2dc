using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using LiveStreams.Api.Http;
using LiveStreams.Core;
using LiveStreams.Core.Listing;

namespace LiveStreams.Api.Pages;

/// <summary>Which pages a request asks for.</summary>
/// <param name="Range">The names.</param>
/// <param name="Limit">The most pages, 1 to <see cref="IPageIndex.MaxPages"/>.</param>
internal readonly record struct PageListQuery(NameRange Range, int Limit)
{
    private const int DefaultLimit = 100;

    /// <summary>Reads <c>prefix</c>, <c>after</c> and <c>limit</c>.</summary>
    public static bool TryRead(
        HttpRequest request,
        out PageListQuery query,
        [NotNullWhen(false)] out Refusal? refusal)
    {
        query = default;
        if (!TryReadLimit(request, out var limit, out refusal) || !TryReadAfter(request, out var after, out refusal))
        {
            return false;
        }

        var prefix = request.Query["prefix"];
        if (prefix.Count > 1 || !PageId.IsPrefix(prefix.ToString()))
        {
            refusal = new Refusal(Problem.Query, "prefix must be the beginning of a page's name.");
            return false;
        }

        query = new PageListQuery(NameRange.Of(prefix.ToString(), after), limit);
        return true;
    }

    private static bool TryReadLimit(HttpRequest request, out int limit, [NotNullWhen(false)] out Refusal? refusal)
    {
        limit = DefaultLimit;
        var text = request.Query["limit"];
        refusal = text.Count == 0
            || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit)
                && limit is >= 1 and <= IPageIndex.MaxPages)
            ? null
            : new Refusal(Problem.Query, $"limit must be a number from 1 to {IPageIndex.MaxPages}.");
        return refusal is null;
    }

    private static bool TryReadAfter(HttpRequest request, out PageId? after, [NotNullWhen(false)] out Refusal? refusal)
    {
        (after, refusal) = (null, null);
        var text = request.Query["after"];
        if (text.Count == 0)
        {
            return true;
        }

        if (text.Count > 1 || !PageId.TryParse(text.ToString(), out var page, out _))
        {
            refusal = new Refusal(Problem.Query, "after must be a page's name.");
            return false;
        }

        after = page;
        return true;
    }
}

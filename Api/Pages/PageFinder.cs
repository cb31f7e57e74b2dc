using LiveStreams.Core.Listing;

namespace LiveStreams.Api.Pages;

/// <summary>Finds the first pages of some ranges.</summary>
internal sealed class PageFinder(IPageIndex index)
{
    /// <summary>
    /// The most names that one request reads. There are more names than pages only while the store still has names of
    /// pages that have expired.
    /// </summary>
    private const int MaxNames = 10_000;

    /// <summary>Finds at most <paramref name="limit"/> pages.</summary>
    /// <param name="ranges">What to search, in order and apart from each other: all of it may be shown.</param>
    /// <param name="limit">The most pages.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    public async ValueTask<PageList> FindAsync(
        IReadOnlyList<NameRange> ranges, int limit, CancellationToken cancellationToken)
    {
        var found = new List<PageItem>();
        var read = 0;
        foreach (var range in ranges)
        {
            for (NameRange? next = range; next is { IsEmpty: false } rest;)
            {
                // One more than the limit, to know whether there are more.
                var wanted = Math.Min(limit + 1 - found.Count, IPageIndex.MaxPages);
                var names = await index.ListAsync(rest, wanted, cancellationToken);
                var pages = await index.ReadAsync(names, cancellationToken);
                found.AddRange(pages.Select(PageItem.Of));
                read += names.Count;
                if (found.Count > limit)
                {
                    return new PageList([.. found.Take(limit)], found[limit - 1].Page);
                }

                if (read >= MaxNames)
                {
                    return new PageList([.. found], names[^1].Value);
                }

                next = names.Count < wanted ? null : rest.Intersect(NameRange.After(names[^1]));
            }
        }

        return new PageList([.. found], Next: null);
    }
}

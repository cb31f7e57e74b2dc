namespace LiveStreams.Core.Listing;

/// <summary>Pages that were found.</summary>
/// <param name="Pages">The pages, in the order of their names.</param>
/// <param name="Next">The name after which to search for more; null at the end.</param>
public readonly record struct FoundPages(IReadOnlyList<ListedPage> Pages, PageId? Next);

/// <summary>Finds the first pages of some ranges.</summary>
public sealed class PageSearch(IPageIndex index)
{
    /// <summary>
    /// The most names that one search reads. There are more names than pages only while the store still has names of
    /// pages that have expired.
    /// </summary>
    private const int MaxNames = 10_000;

    /// <summary>Finds at most <paramref name="limit"/> pages.</summary>
    /// <param name="ranges">What to search, in order and apart from each other.</param>
    /// <param name="limit">The most pages.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <exception cref="StoreUnavailableException">The store cannot be reached.</exception>
    public async ValueTask<FoundPages> FindAsync(
        IReadOnlyList<NameRange> ranges, int limit, CancellationToken cancellationToken)
    {
        var found = new List<ListedPage>();
        var read = 0;
        foreach (var range in ranges)
        {
            for (NameRange? next = range; next is { IsEmpty: false } rest;)
            {
                // One more than the limit, to know whether there are more.
                var wanted = Math.Min(limit + 1 - found.Count, IPageIndex.MaxPages);
                var names = await index.ListAsync(rest, wanted, cancellationToken).ConfigureAwait(false);
                found.AddRange(await index.ReadAsync(names, cancellationToken).ConfigureAwait(false));
                read += names.Count;
                if (found.Count > limit)
                {
                    return new FoundPages(found[..limit], found[limit - 1].Page);
                }

                if (read >= MaxNames)
                {
                    return new FoundPages(found, names[^1]);
                }

                next = names.Count < wanted ? null : rest.Intersect(NameRange.After(names[^1]));
            }
        }

        return new FoundPages(found, Next: null);
    }
}

namespace LiveStreams.Core.Listing;

/// <summary>
/// The names of the pages in the store, and news of pages that are new. Every engine passes the same contract suite.
/// <list type="bullet">
/// <item>A page is listed, and is reported as born, before the first publish to it gets its result. The exception: if
/// the process that published ends in between, or cannot reach the part of the store that has the index, the page is
/// listed with the next publish to it by any process.</item>
/// <item>A page stays listed while the store has it: also after it has ended, and when its history has expired.</item>
/// <item>All methods may be called at any time from any thread, and throw <see cref="StoreUnavailableException"/> when
/// the store cannot be reached.</item>
/// </list>
/// </summary>
public interface IPageIndex
{
    /// <summary>The most pages in one list, one read, and one block of new pages.</summary>
    const int MaxPages = 1000;

    /// <summary>
    /// At most <paramref name="limit"/> (1 to <see cref="MaxPages"/>) names of a range, the first in the order of
    /// <see cref="NameOrder"/>. If there are fewer, the range has no more. A name may be that of a page that the store
    /// no longer has, or to which nothing was published: <see cref="ReadAsync"/> returns nothing for it.
    /// </summary>
    ValueTask<IReadOnlyList<PageId>> ListAsync(NameRange range, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// What is known of these pages (at most <see cref="MaxPages"/>), in the same order, without those that the store
    /// does not have. The pages are read at about the same time, but not at one moment.
    /// </summary>
    ValueTask<IReadOnlyList<ListedPage>> ReadAsync(IReadOnlyList<PageId> pages, CancellationToken cancellationToken);

    /// <summary>
    /// The pages that began after a cursor, at most <see cref="MaxPages"/>, oldest first: those that were published to
    /// for the first time, or again after they had ended or the store had lost them. A page may be repeated.
    /// <para>
    /// Without a cursor, the result has no pages, and the cursor for now. A caller that then lists misses no page. So
    /// it does when <see cref="BornPages.IsGap"/> says that the cursor was too old.
    /// </para>
    /// </summary>
    ValueTask<BornPages> ReadBornAsync(string? cursor, CancellationToken cancellationToken);
}

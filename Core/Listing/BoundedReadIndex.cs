namespace LiveStreams.Core.Listing;

/// <summary>
/// An index whose store serves at most <see cref="MaxReads"/> reads at once, as <see cref="BoundedReadLog"/> does for
/// the reads of pages. Each may read <see cref="IPageIndex.MaxPages"/> pages. Reads of new pages have a line of their
/// own, so that they do not wait for lists.
/// </summary>
public sealed class BoundedReadIndex(IPageIndex store, TimeProvider time) : IPageIndex
{
    /// <summary>The most reads at once, in each of the two lines.</summary>
    public const int MaxReads = 4;

    private readonly ReadQueue _reads = new(new SemaphoreSlim(MaxReads), time);
    private readonly ReadQueue _bornReads = new(new SemaphoreSlim(MaxReads), time);

    public ValueTask<IReadOnlyList<PageId>> ListAsync(
        NameRange range, int limit, CancellationToken cancellationToken) =>
        _reads.ReadAsync(() => store.ListAsync(range, limit, CancellationToken.None), cancellationToken);

    public ValueTask<IReadOnlyList<ListedPage>> ReadAsync(
        IReadOnlyList<PageId> pages, CancellationToken cancellationToken) =>
        _reads.ReadAsync(() => store.ReadAsync(pages, CancellationToken.None), cancellationToken);

    public ValueTask<BornPages> ReadBornAsync(string? cursor, CancellationToken cancellationToken) =>
        _bornReads.ReadAsync(() => store.ReadBornAsync(cursor, CancellationToken.None), cancellationToken);
}

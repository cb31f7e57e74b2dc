using LiveStreams.Core.Posts;

namespace LiveStreams.Core;

/// <summary>
/// The truth about every page: its updates in order, capped by <see cref="HistoryOptions"/>. An engine passes the contract suite
/// (<c>Core.Tests/Engines</c>). Guarantees, and duties of whoever calls:
/// <list type="bullet">
/// <item>All methods may be called at any time from any thread. No other order between calls is assumed.</item>
/// <item>Every method throws <see cref="StoreUnavailableException"/> when the store cannot be reached.</item>
/// <item>History is never half-visible: a reader sees all of an append or nothing of it.</item>
/// </list>
/// </summary>
public interface IPageLog
{
    /// <summary>
    /// Appends a page's drafts in order, all or nothing, then announces them on the page's <see cref="IPageBus"/> in the same order.
    /// Sequences are contiguous and never reused within an epoch, whoever else appends at the same time. A draft whose key was
    /// answered within <see cref="UpdateDraft.KeyLifetime"/>, also earlier in the same call, gets that answer and is not appended.
    /// An update that would take the page's posts over a bound is answered <see cref="Published.PostsFull"/>, and the others are appended. One that ends a page
    /// that has ended gets the id of the first. The answers stand in the order of the drafts, and come only after a crash can no longer take the updates back; on a thread that those who wait
    /// for them may go on with, so not on the engine's own.
    /// </summary>
    ValueTask<Published[]> AppendAsync(PageId page, IReadOnlyList<UpdateDraft> drafts, CancellationToken cancellationToken);

    /// <summary>
    /// Reads at most <paramref name="limit"/> (1 to <see cref="HistoryBlock.MaxUpdates"/>) updates right after a position; at least
    /// one if there is one, then no more than <see cref="HistoryBlock.MaxBytes"/>.
    /// </summary>
    ValueTask<HistoryBlock> ReadAsync(PageId page, UpdateId after, int limit, CancellationToken cancellationToken);

    /// <summary>What the page keeps now; <see cref="PageHead.Empty"/> for a page never published to.</summary>
    ValueTask<PageHead> HeadAsync(PageId page, CancellationToken cancellationToken);

    /// <summary>The page's posts, and where they stand, of one moment. They are kept as long as the page is, also when history has moved on.</summary>
    ValueTask<PagePosts> PostsAsync(PageId page, CancellationToken cancellationToken);

    /// <summary>Returns if the store would take an append now.</summary>
    ValueTask CheckAsync(CancellationToken cancellationToken);
}

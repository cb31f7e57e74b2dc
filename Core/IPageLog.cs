using LiveStreams.Core.Posts;

namespace LiveStreams.Core;

/// <summary>
/// The store of every page: its updates in order, limited by <see cref="HistoryOptions"/>. Every engine passes the same
/// contract suite. Guarantees, and duties of the caller:
/// <list type="bullet">
/// <item>All methods may be called at any time from any thread. No other order between calls is assumed.</item>
/// <item>Every method throws <see cref="StoreUnavailableException"/> when the store cannot be reached.</item>
/// <item>History is never half-visible: a reader sees all of an append or nothing of it.</item>
/// </list>
/// </summary>
public interface IPageLog
{
    /// <summary>
    /// Appends a page's drafts in order, all or nothing, then announces them on the page's <see cref="IPageBus"/> in
    /// the same order. Sequences are contiguous and never reused within an epoch, even when several processes append at
    /// the same time.
    /// <list type="bullet">
    /// <item>A draft whose key was used within <see cref="UpdateDraft.KeyLifetime"/>, including earlier in the same
    /// call, is not appended: if the drafts are the same, its result is the first one's,
    /// <see cref="PublishStatus.Repeated"/>; otherwise it is <see cref="PublishResult.KeyReused"/>. A key is of one
    /// page and one scope (<see cref="IdempotencyKey"/>).</item>
    /// <item>A draft that ends a page that has already ended is not appended either: its result has the id of the first
    /// end.</item>
    /// <item>A draft that would take the page's posts over a limit is <see cref="PublishResult.PostsFull"/>; the others
    /// are appended.</item>
    /// </list>
    /// The results are in the order of the drafts. They come only after a crash can no longer undo the updates, and on
    /// a thread on which the callers may continue, so not on the engine's own.
    /// </summary>
    ValueTask<PublishResult[]> AppendAsync(
        PageId page,
        IReadOnlyList<UpdateDraft> drafts,
        CancellationToken cancellationToken);

    /// <summary>
    /// Reads at most <paramref name="limit"/> (1 to <see cref="HistoryBlock.MaxUpdates"/>) updates right after a
    /// position. It reads at least one if there is one, and stops at <see cref="HistoryBlock.MaxBytes"/>.
    /// </summary>
    ValueTask<HistoryBlock> ReadAsync(PageId page, UpdateId after, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Reads at most <paramref name="limit"/> (1 to <see cref="HistoryBlock.MaxUpdates"/>) updates right before an
    /// update: the newest that are older than it. It reads at least one if one is kept, and those nearest to
    /// <paramref name="before"/> if it stops at <see cref="HistoryBlock.MaxBytes"/>. The block has a reset by the rule
    /// of <see cref="PageHead.ResetBefore"/>.
    /// </summary>
    ValueTask<HistoryBlock> ReadBeforeAsync(
        PageId page,
        UpdateId before,
        int limit,
        CancellationToken cancellationToken);

    /// <summary>What the page keeps now; <see cref="PageHead.Empty"/> for a page never published to.</summary>
    ValueTask<PageHead> HeadAsync(PageId page, CancellationToken cancellationToken);

    /// <summary>
    /// The position before the first kept update that is not older than <paramref name="moment"/>, in milliseconds; the
    /// head if there is none. No data of updates is read for it.
    /// </summary>
    ValueTask<UpdateId> PositionAtAsync(PageId page, DateTimeOffset moment, CancellationToken cancellationToken);

    /// <summary>
    /// The page's posts at one moment, with the id of the update they reflect. They are kept as long as the page, even
    /// when the updates that made them are no longer in history.
    /// </summary>
    ValueTask<PagePosts> PostsAsync(PageId page, CancellationToken cancellationToken);

    /// <summary>Returns when the store would take an append now, else throws.</summary>
    ValueTask CheckAsync(CancellationToken cancellationToken);
}

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
    /// The answers stand in the order of the drafts, and come only after a crash can no longer take the updates back; on a thread that those who wait
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

    /// <summary>Returns if the store would take an append now.</summary>
    ValueTask CheckAsync(CancellationToken cancellationToken);
}

using LiveStreams.Core.Posts;

namespace LiveStreams.Core;

/// <summary>
/// A log whose store serves at most <see cref="MaxReads"/> reads at once, and <see cref="MaxPostReads"/> of posts.
/// Others wait in line; a read fails when it has waited too long, or when <see cref="MaxWaiting"/> wait already. So
/// readers, however many ask at the same moment, do not take the store from publishers: appends do not wait here.
/// </summary>
/// <remarks>
/// A caller waits for the store no longer than a limit, and not at all after it has cancelled. Its read counts until
/// the store has ended it: otherwise callers that give up would let any number of reads be at the store.
/// </remarks>
public sealed class BoundedReadLog(IPageLog store, TimeProvider time) : IPageLog
{
    /// <summary>The most reads at once, without reads of posts.</summary>
    public const int MaxReads = 64;

    /// <summary>The most reads of posts at once. Each may read the largest posts of a page.</summary>
    public const int MaxPostReads = 8;

    /// <summary>The most reads that wait in line, in each of the two lines.</summary>
    public const int MaxWaiting = ReadQueue.MaxWaiting;

    private readonly ReadQueue _reads = new(new SemaphoreSlim(MaxReads), time);
    private readonly ReadQueue _postReads = new(new SemaphoreSlim(MaxPostReads), time);

    /// <summary>The store itself, for the server's own reads, whose number does not depend on readers.</summary>
    public IPageLog Store => store;

    /// <summary>The reads that wait in line now.</summary>
    public int Waiting => _reads.Waiting + _postReads.Waiting;

    public ValueTask<PublishResult[]> AppendAsync(
        PageId page,
        IReadOnlyList<UpdateDraft> drafts,
        CancellationToken cancellationToken) =>
        store.AppendAsync(page, drafts, cancellationToken);

    public ValueTask<HistoryBlock> ReadAsync(
        PageId page,
        UpdateId after,
        int limit,
        CancellationToken cancellationToken) =>
        _reads.ReadAsync(() => store.ReadAsync(page, after, limit, CancellationToken.None), cancellationToken);

    public ValueTask<HistoryBlock> ReadBeforeAsync(
        PageId page,
        UpdateId before,
        int limit,
        CancellationToken cancellationToken) =>
        _reads.ReadAsync(() => store.ReadBeforeAsync(page, before, limit, CancellationToken.None), cancellationToken);

    public ValueTask<PageHead> HeadAsync(PageId page, CancellationToken cancellationToken) =>
        _reads.ReadAsync(() => store.HeadAsync(page, CancellationToken.None), cancellationToken);

    public ValueTask<UpdateId> PositionAtAsync(
        PageId page,
        DateTimeOffset moment,
        CancellationToken cancellationToken) =>
        _reads.ReadAsync(() => store.PositionAtAsync(page, moment, CancellationToken.None), cancellationToken);

    public ValueTask<PagePosts> PostsAsync(PageId page, CancellationToken cancellationToken) =>
        _postReads.ReadAsync(() => store.PostsAsync(page, CancellationToken.None), cancellationToken);

    public ValueTask CheckAsync(CancellationToken cancellationToken) => store.CheckAsync(cancellationToken);
}

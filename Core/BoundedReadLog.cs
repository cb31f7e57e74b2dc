using LiveStreams.Core.Posts;

namespace LiveStreams.Core;

/// <summary>
/// A log whose store serves at most <see cref="MaxReads"/> reads at once. Others wait in line; a read fails when it has
/// waited too long, or when <see cref="MaxWaiting"/> wait already. So readers, however many ask at the same moment,
/// do not take the store from publishers: appends do not wait here.
/// </summary>
public sealed class BoundedReadLog(IPageLog log) : IPageLog, IDisposable
{
    /// <summary>The most reads at once.</summary>
    public const int MaxReads = 64;

    /// <summary>The most reads that wait in line.</summary>
    public const int MaxWaiting = 10_000;

    /// <summary>How long a read waits in line: as long as a store that does not respond has.</summary>
    private static readonly TimeSpan _maxWait = TimeSpan.FromSeconds(1.5);

    private readonly SemaphoreSlim _free = new(MaxReads);
    private int _waiting;

    /// <summary>The reads that wait in line now.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    public ValueTask<PublishResult[]> AppendAsync(
        PageId page,
        IReadOnlyList<UpdateDraft> drafts,
        CancellationToken cancellationToken) =>
        log.AppendAsync(page, drafts, cancellationToken);

    public async ValueTask<HistoryBlock> ReadAsync(
        PageId page,
        UpdateId after,
        int limit,
        CancellationToken cancellationToken)
    {
        using var turn = await TakeTurnAsync(cancellationToken).ConfigureAwait(false);
        return await log.ReadAsync(page, after, limit, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<PageHead> HeadAsync(PageId page, CancellationToken cancellationToken)
    {
        using var turn = await TakeTurnAsync(cancellationToken).ConfigureAwait(false);
        return await log.HeadAsync(page, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<UpdateId> PositionAtAsync(
        PageId page,
        DateTimeOffset moment,
        CancellationToken cancellationToken)
    {
        using var turn = await TakeTurnAsync(cancellationToken).ConfigureAwait(false);
        return await log.PositionAtAsync(page, moment, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<PagePosts> PostsAsync(PageId page, CancellationToken cancellationToken)
    {
        using var turn = await TakeTurnAsync(cancellationToken).ConfigureAwait(false);
        return await log.PostsAsync(page, cancellationToken).ConfigureAwait(false);
    }

    public ValueTask CheckAsync(CancellationToken cancellationToken) => log.CheckAsync(cancellationToken);

    public void Dispose() => _free.Dispose();

    private async ValueTask<Turn> TakeTurnAsync(CancellationToken cancellationToken)
    {
        if (_free.Wait(0, CancellationToken.None))
        {
            return new Turn(_free);
        }

        if (Interlocked.Increment(ref _waiting) > MaxWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            throw new StoreUnavailableException($"{MaxWaiting:N0} reads are waiting for the store.");
        }

        try
        {
            return await _free.WaitAsync(_maxWait, cancellationToken).ConfigureAwait(false)
                ? new Turn(_free)
                : throw new StoreUnavailableException("The store does not keep up with reads.");
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private readonly struct Turn(SemaphoreSlim free) : IDisposable
    {
        public void Dispose() => free.Release();
    }
}

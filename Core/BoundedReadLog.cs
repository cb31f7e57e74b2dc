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
    public const int MaxWaiting = 10_000;

    /// <summary>How long a read waits in line, and then for the store.</summary>
    private static readonly TimeSpan _maxWait = TimeSpan.FromSeconds(1.5);

    private readonly Line _reads = new(new SemaphoreSlim(MaxReads), time);
    private readonly Line _postReads = new(new SemaphoreSlim(MaxPostReads), time);

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

    // The semaphore is not disposed: it holds no handle, and reads may still be running when the process stops.
    private sealed class Line(SemaphoreSlim free, TimeProvider time)
    {
        private int _waiting;

        public int Waiting => Volatile.Read(ref _waiting);

        public async ValueTask<T> ReadAsync<T>(Func<ValueTask<T>> read, CancellationToken cancellationToken)
        {
            await TakeTurnAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                return await RunAsync(read).WaitAsync(_maxWait, time, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException exception)
            {
                throw new StoreUnavailableException(
                    $"The store has not responded for {_maxWait.TotalSeconds} s.",
                    exception);
            }
        }

        // Ends the turn when the store has ended the read, whether or not the caller still waits.
        private async Task<T> RunAsync<T>(Func<ValueTask<T>> read)
        {
            try
            {
                return await read().ConfigureAwait(false);
            }
            finally
            {
                free.Release();
            }
        }

        private async ValueTask TakeTurnAsync(CancellationToken cancellationToken)
        {
            if (free.Wait(0, CancellationToken.None))
            {
                return;
            }

            if (Interlocked.Increment(ref _waiting) > MaxWaiting)
            {
                Interlocked.Decrement(ref _waiting);
                throw new StoreUnavailableException($"{MaxWaiting:N0} reads are waiting for the store.");
            }

            using var tooLong = new CancellationTokenSource(_maxWait, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(tooLong.Token, cancellationToken);
            try
            {
                await free.WaitAsync(either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
            {
                throw new StoreUnavailableException("The store does not keep up with reads.", exception);
            }
            finally
            {
                Interlocked.Decrement(ref _waiting);
            }
        }
    }
}

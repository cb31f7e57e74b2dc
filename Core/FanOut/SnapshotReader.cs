using LiveStreams.Core.Posts;

namespace LiveStreams.Core.FanOut;

/// <summary>
/// A page's posts as a <c>snapshot</c> event, encoded once and shared by all subscribers that it is sent to.
/// </summary>
internal sealed class Snapshot(PagePosts posts)
{
    /// <summary>What the page keeps. Its head is the position of the posts, from which a stream continues.</summary>
    public PageHead Page { get; } = posts.Page;

    public ReadOnlyMemory<byte> Bytes { get; } = EventEncoder.Snapshot(posts);
}

/// <summary>
/// Reads a page's snapshots for its subscribers. Subscribers that connect together share one read of the store and one
/// encoding. Later subscribers share it too, as long as the page does not change and another subscriber still uses the
/// snapshot.
/// </summary>
internal sealed class SnapshotReader(PageId page, IPageLog log, PageTail tail)
{
    private readonly Lock _gate = new();
    private readonly WeakReference<Snapshot?> _newest = new(null);
    private Task<Snapshot>? _pendingRead;

    /// <summary>Reads a snapshot. A stream that is sent it continues from its position.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be reached.</exception>
    public Task<Snapshot> ReadAsync()
    {
        lock (_gate)
        {
            if (_newest.TryGetTarget(out var newest) && newest.Page.Head == tail.Head && !newest.Page.IsEnded)
            {
                return Task.FromResult(newest);
            }

            return _pendingRead ??= ReadFromLogAsync();
        }
    }

    // Continues on another thread first: some engines read on the caller's thread, and the caller holds the lock.
    private async Task<Snapshot> ReadFromLogAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            var snapshot = new Snapshot(await log.PostsAsync(page, CancellationToken.None).ConfigureAwait(false));
            _newest.SetTarget(snapshot);
            return snapshot;
        }
        finally
        {
            lock (_gate)
            {
                _pendingRead = null;
            }
        }
    }
}

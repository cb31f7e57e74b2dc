namespace LiveStreams.Core.FanOut;

/// <summary>
/// A page's snapshots. Newcomers who come together share one reading of the store and one encoding; while the page stands still also those who come later,
/// as long as somebody still holds it.
/// </summary>
internal sealed class Snapshots(PageId page, IPageLog log, PageTail tail)
{
    private readonly Lock _gate = new();
    private readonly WeakReference<Snapshot?> _newest = new(null);
    private Task<Snapshot>? _underWay;

    /// <summary>A snapshot that stands at a position to which the page has come; the stream goes on from there.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be reached.</exception>
    public Task<Snapshot> ReadAsync()
    {
        lock (_gate)
        {
            if (_newest.TryGetTarget(out var newest) && newest.Page.Head == tail.Head && !newest.Page.IsEnded)
            {
                return Task.FromResult(newest);
            }

            return _underWay ??= ReadNewAsync();
        }
    }

    // Begins on another thread: some engines read on the caller's, who holds the lock.
    private async Task<Snapshot> ReadNewAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            var snapshot = Snapshot.Of(await log.PostsAsync(page, CancellationToken.None).ConfigureAwait(false));
            _newest.SetTarget(snapshot);
            return snapshot;
        }
        finally
        {
            lock (_gate)
            {
                _underWay = null;
            }
        }
    }
}

using LiveStreams.Core.Unsent;

namespace LiveStreams.Core.FanOut;

/// <summary>
/// Reads the snapshots of pages. Readers that come together share one read of the store and one encoding, and later
/// ones too while the page has not changed. A page has at most <see cref="MaxVersions"/> versions in memory, however
/// slow its readers are:
/// <code>
/// is there a version with the page's head?  ─▶ it
/// fewer than four versions?                 ─▶ read the store
/// is the newest younger than 15 s?          ─▶ it; a stream continues from there
/// otherwise                                 ─▶ cut the readers of the oldest, and read the store
/// </code>
/// </summary>
public sealed class SnapshotRegistry(IPageLog log, TimeProvider time)
{
    internal const int MaxVersions = 4;

    private static readonly TimeSpan _maxAge = TimeSpan.FromSeconds(15);

    private readonly Lock _gate = new();
    private readonly Dictionary<PageId, PageSnapshots> _pages = [];
    private long _cuts;

    /// <summary>The readers that were cut because the posts have changed too often since.</summary>
    public long Cuts => Volatile.Read(ref _cuts);

    /// <summary>The versions in memory, of all pages.</summary>
    public int Versions
    {
        get
        {
            lock (_gate)
            {
                return _pages.Values.Sum(snapshots => snapshots.Versions.Count);
            }
        }
    }

    /// <summary>
    /// Reads a page's posts as they are now, or, when too many versions are held, as they were up to 15 s ago.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The store cannot be reached.</exception>
    public Task<SnapshotLease> ReadAsync(PageId page, IUnsentReader reader, CancellationToken cancellationToken) =>
        ReadAsync(page, reader, isCurrent: static _ => false, isUsable: static _ => true, cancellationToken);

    /// <summary>Reads a snapshot from whose position a stream can continue.</summary>
    /// <param name="page">The page.</param>
    /// <param name="reader">The reader. It is aborted if it holds the snapshot for too long.</param>
    /// <param name="isCurrent">Whether a version is the newest, which saves a read of the store.</param>
    /// <param name="isUsable">Whether the stream can continue from a version that is not.</param>
    /// <param name="cancellationToken">Cancels the wait for the store.</param>
    /// <exception cref="StoreUnavailableException">The store cannot be reached.</exception>
    internal async Task<SnapshotLease> ReadAsync(
        PageId page,
        IUnsentReader reader,
        Func<Snapshot, bool> isCurrent,
        Func<Snapshot, bool> isUsable,
        CancellationToken cancellationToken)
    {
        Task<Snapshot> read;
        lock (_gate)
        {
            var snapshots = GetOrAdd(page);
            if ((FindCurrent(snapshots, isCurrent) ?? FindUsable(snapshots, isUsable)) is { } held)
            {
                return Hold(page, held, reader);
            }

            read = snapshots.Next ??= ReadNextAsync(page, snapshots);
        }

        var snapshot = await read.WaitAsync(cancellationToken).ConfigureAwait(false);
        SnapshotLease[] cut = [];
        SnapshotLease lease;
        lock (_gate)
        {
            var snapshots = GetOrAdd(page);
            var version = snapshots.Find(snapshot.Page.Head) ?? FindUsable(snapshots, isUsable);
            if (version is null)
            {
                version = snapshot;
                cut = MakeRoom(snapshots);
                snapshots.Versions.Add(version);
            }

            lease = Hold(page, version, reader);
        }

        // Outside the lock, because an abort runs code of the server.
        foreach (var slow in cut)
        {
            slow.Cut();
        }

        return lease;
    }

    internal void Release(SnapshotLease lease)
    {
        lock (_gate)
        {
            var snapshot = lease.Snapshot;
            snapshot.Holders.Remove(lease);
            if (snapshot.Holders.Count == 0 && _pages.TryGetValue(lease.Page, out var snapshots))
            {
                snapshots.Versions.Remove(snapshot);
                RemoveIfUnused(lease.Page, snapshots);
            }
        }
    }

    private static Snapshot? FindCurrent(PageSnapshots snapshots, Func<Snapshot, bool> isCurrent) =>
        snapshots.Versions.Find(version => !version.Page.IsEnded && isCurrent(version));

    // When no other version fits into memory: the newest, unless it is too old.
    private Snapshot? FindUsable(PageSnapshots snapshots, Func<Snapshot, bool> isUsable) =>
        snapshots.Versions is { Count: >= MaxVersions } and [.., var newest]
        && !newest.Page.IsEnded
        && time.GetElapsedTime(newest.ReadAt) < _maxAge
        && isUsable(newest)
            ? newest
            : null;

    // Removes the oldest version if there is no room for another one, and returns its readers.
    private SnapshotLease[] MakeRoom(PageSnapshots snapshots)
    {
        if (snapshots.Versions.Count < MaxVersions)
        {
            return [];
        }

        var oldest = snapshots.Versions[0];
        snapshots.Versions.RemoveAt(0);
        _cuts += oldest.Holders.Count;
        return [.. oldest.Holders];
    }

    private SnapshotLease Hold(PageId page, Snapshot snapshot, IUnsentReader reader)
    {
        var lease = new SnapshotLease(this, page, snapshot, reader);
        snapshot.Holders.Add(lease);
        return lease;
    }

    private PageSnapshots GetOrAdd(PageId page)
    {
        if (!_pages.TryGetValue(page, out var snapshots))
        {
            _pages[page] = snapshots = new PageSnapshots();
        }

        return snapshots;
    }

    private void RemoveIfUnused(PageId page, PageSnapshots snapshots)
    {
        if (snapshots.IsUnused)
        {
            _pages.Remove(page);
        }
    }

    // Starts after the read in progress, so that its readers, which came during that one, do not get older posts than
    // the page had then. Continues on another thread first: some engines read on the caller's thread, and the caller
    // holds the lock.
    private async Task<Snapshot> ReadNextAsync(PageId page, PageSnapshots snapshots)
    {
        var running = snapshots.Running ?? Task.CompletedTask;
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await ((Task)running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_gate)
        {
            (snapshots.Running, snapshots.Next) = (snapshots.Next, null);
        }

        try
        {
            var posts = await log.PostsAsync(page, CancellationToken.None).ConfigureAwait(false);
            lock (_gate)
            {
                if (snapshots.Find(posts.Page.Head) is { } version)
                {
                    return version;
                }
            }

            return new Snapshot(posts, time.GetTimestamp());
        }
        finally
        {
            lock (_gate)
            {
                snapshots.Running = null;
                RemoveIfUnused(page, snapshots);
            }
        }
    }
}

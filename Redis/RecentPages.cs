using System.Collections.Concurrent;
using LiveStreams.Core;

namespace LiveStreams.Redis;

/// <summary>
/// A set of pages that forgets those that were added first, when it has about as many as it may have.
/// </summary>
internal sealed class RecentPages(int maxPages)
{
    private readonly Lock _gate = new();
    private volatile ConcurrentDictionary<PageId, bool> _recent = new();
    private volatile ConcurrentDictionary<PageId, bool> _older = new();
    private int _recentCount;

    public bool Contains(PageId page) => _recent.ContainsKey(page) || _older.ContainsKey(page);

    public void Add(PageId page)
    {
        if (!_recent.TryAdd(page, true) || Interlocked.Increment(ref _recentCount) < maxPages / 2)
        {
            return;
        }

        lock (_gate)
        {
            if (_recentCount >= maxPages / 2)
            {
                (_older, _recent, _recentCount) = (_recent, new(), 0);
            }
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            (_older, _recent, _recentCount) = (new(), new(), 0);
        }
    }
}

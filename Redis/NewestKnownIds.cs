using System.Collections.Concurrent;
using LiveStreams.Core;

namespace LiveStreams.Redis;

/// <summary>
/// The newest update id of each page that this process has seen, and the epochs before it. Redis may lose updates, when
/// it restarts from a snapshot or fails over to a replica that was behind, and would then give the same sequences to
/// other updates. So every script gets what is known here, and begins a new epoch if the page is behind it.
/// </summary>
internal sealed class NewestKnownIds
{
    /// <summary>
    /// The most pages remembered. At the limit, ids that have not changed lately are forgotten, and learned again.
    /// </summary>
    private const int MaxPages = 100_000;

    private readonly Lock _gate = new();
    private volatile ConcurrentDictionary<PageId, KnownIds> _recent = new();
    private volatile ConcurrentDictionary<PageId, KnownIds> _older = new();
    private int _recentCount;

    /// <summary>What is known of the page.</summary>
    public KnownIds Find(PageId page) => _recent.TryGetValue(page, out var ids) ? ids : _older.GetValueOrDefault(page);

    /// <summary>Remembers an id that a script has returned.</summary>
    public void Record(PageId page, UpdateId id)
    {
        var known = Find(page).Add(id);
        if (!_recent.TryAdd(page, known))
        {
            _recent[page] = known;
        }
        else if (Interlocked.Increment(ref _recentCount) >= MaxPages / 2)
        {
            ForgetOlder();
        }
    }

    /// <summary>
    /// Remembers an announced id if it is the next one. Another program may have announced any other; if it was the
    /// server's own, the feed that receives it finds a gap and reads the log, and the script returns the id.
    /// </summary>
    public void RecordAnnounced(PageId page, UpdateId id)
    {
        if (id.Follows(Find(page).Newest))
        {
            Record(page, id);
        }
    }

    private void ForgetOlder()
    {
        lock (_gate)
        {
            if (_recentCount >= MaxPages / 2)
            {
                _older = _recent;
                _recent = new();
                _recentCount = 0;
            }
        }
    }
}

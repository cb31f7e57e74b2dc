using System.Collections.Concurrent;
using LiveStreams.Core;

namespace LiveStreams.Redis;

/// <summary>
/// The newest update id of each page that this process has seen. Redis may lose updates, when it restarts from a
/// snapshot or fails over to a replica that was behind, and would then give the same sequences to other updates. So
/// every script gets the newest id known here, and begins a new epoch if the page is behind it.
/// </summary>
internal sealed class NewestKnownIds
{
    /// <summary>
    /// The most pages remembered. At the limit, ids that have not changed lately are forgotten, and learned again.
    /// </summary>
    private const int MaxPages = 100_000;

    private readonly Lock _gate = new();
    private volatile ConcurrentDictionary<PageId, UpdateId> _recent = new();
    private volatile ConcurrentDictionary<PageId, UpdateId> _older = new();
    private int _recentCount;

    /// <summary>The newest id of the page, or <see cref="UpdateId.None"/> if none is known.</summary>
    public UpdateId Find(PageId page) => _recent.TryGetValue(page, out var id) ? id : _older.GetValueOrDefault(page);

    /// <summary>
    /// Remembers an announced id if it is the next one. Another program may have announced any other; if it was no
    /// lie, the log is read because of the gap, and says so.
    /// </summary>
    public void RecordAnnounced(PageId page, UpdateId id)
    {
        if (id.Follows(Find(page)))
        {
            Record(page, id);
        }
    }

    /// <summary>Remembers the id, unless a newer one of the same epoch is known.</summary>
    public void Record(PageId page, UpdateId id)
    {
        var known = Find(page);
        var newest = known.Epoch == id.Epoch && known.Sequence > id.Sequence ? known : id;
        if (!_recent.TryAdd(page, newest))
        {
            _recent[page] = newest;
        }
        else if (Interlocked.Increment(ref _recentCount) >= MaxPages / 2)
        {
            ForgetOlder();
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

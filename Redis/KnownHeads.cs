using System.Collections.Concurrent;
using LiveStreams.Core;

namespace LiveStreams.Redis;

/// <summary>
/// The newest id that this process has been told of each page. Redis may come back older than it was: restarted from a snapshot, or
/// failed over to a replica that was behind. Then the same sequences would be given out again for other updates. Every script is told
/// the newest id known here, and begins a new epoch when the page is behind it.
/// </summary>
internal sealed class KnownHeads
{
    /// <summary>The most pages remembered. At the bound the half not heard of lately is forgotten, and learned again.</summary>
    public const int MaxPages = 100_000;

    private readonly Lock _gate = new();
    private volatile ConcurrentDictionary<PageId, UpdateId> _lately = new();
    private volatile ConcurrentDictionary<PageId, UpdateId> _before = new();
    private int _count;

    public UpdateId Of(PageId page) => _lately.TryGetValue(page, out var known) ? known : _before.GetValueOrDefault(page);

    public void Note(PageId page, UpdateId id)
    {
        var known = Of(page);
        var newest = known.Epoch == id.Epoch && known.Sequence > id.Sequence ? known : id;
        if (!_lately.TryAdd(page, newest))
        {
            _lately[page] = newest;
        }
        else if (Interlocked.Increment(ref _count) >= MaxPages / 2)
        {
            Forget();
        }
    }

    private void Forget()
    {
        lock (_gate)
        {
            if (_count >= MaxPages / 2)
            {
                _before = _lately;
                _lately = new();
                _count = 0;
            }
        }
    }
}

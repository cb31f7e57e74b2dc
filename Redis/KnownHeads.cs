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
    /// <summary>The most pages remembered. At the bound all are forgotten and learned again.</summary>
    public const int MaxPages = 100_000;

    private readonly ConcurrentDictionary<PageId, UpdateId> _heads = new();
    private int _count;

    public UpdateId Of(PageId page) => _heads.GetValueOrDefault(page);

    public void Note(PageId page, UpdateId id)
    {
        if (_heads.TryGetValue(page, out var known))
        {
            if (known.Epoch != id.Epoch || known.Sequence < id.Sequence)
            {
                _heads[page] = id;
            }

            return;
        }

        if (Interlocked.Increment(ref _count) > MaxPages)
        {
            _heads.Clear();
            Volatile.Write(ref _count, 1);
        }

        _heads[page] = id;
    }
}

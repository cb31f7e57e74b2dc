using LiveStreams.Core;

namespace LiveStreams.Redis.Presence;

/// <summary>What is known of one other node, from its reports. Not thread-safe.</summary>
/// <param name="totals">The sums over all nodes, to which this one's counts are added.</param>
internal sealed class NodeCounts(PageTotals totals)
{
    private readonly Dictionary<PageId, Entry> _entries = [];
    private long _sequence;
    private int _whole;
    private bool _isInWhole;

    /// <summary>When the last report came, as a timestamp of the clock.</summary>
    public long HeardAt { get; private set; }

    /// <summary>
    /// Whether reports are missing, so that the node must be asked for its whole state, and it is not just sending it.
    /// </summary>
    public bool NeedsWhole { get; private set; } = true;

    /// <summary>The number of its pages that are held.</summary>
    public int Pages => _entries.Count;

    public void Receive(PresenceReport report, long now)
    {
        HeardAt = now;
        if (report.IsFirst)
        {
            _whole++;
            _isInWhole = true;
            NeedsWhole = false;
        }
        else if (report.Sequence != _sequence + 1)
        {
            _isInWhole = false;
            NeedsWhole = true;
            if (report.Sequence <= _sequence)
            {
                // Newer counts have come already.
                return;
            }
        }

        _sequence = report.Sequence;
        foreach (var (page, subscribers) in report.Pages)
        {
            Set(page, subscribers);
        }

        if (report.IsLast && _isInWhole)
        {
            _isInWhole = false;
            Remove(entry => entry.Whole != _whole);
        }
    }

    /// <summary>Takes the node's counts out of the totals.</summary>
    public void Clear() => Remove(_ => true);

    private void Set(PageId page, int subscribers)
    {
        var isKnown = _entries.TryGetValue(page, out var entry);
        if (subscribers == 0 ? isKnown : isKnown || totals.TryHold())
        {
            totals.Add(page, subscribers - entry.Subscribers);
        }
        else
        {
            return;
        }

        if (subscribers == 0)
        {
            _entries.Remove(page);
            totals.Release(1);
        }
        else
        {
            _entries[page] = new Entry(subscribers, _whole);
        }
    }

    private void Remove(Func<Entry, bool> isRemoved)
    {
        // A dictionary may lose entries while it is read.
        foreach (var (page, entry) in _entries)
        {
            if (isRemoved(entry))
            {
                _entries.Remove(page);
                totals.Release(1);
                totals.Add(page, -entry.Subscribers);
            }
        }
    }

    /// <param name="Subscribers">The page's streams on the node.</param>
    /// <param name="Whole">The whole state that had the page last, or was the last one before its report.</param>
    private readonly record struct Entry(int Subscribers, int Whole);
}

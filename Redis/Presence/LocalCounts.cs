using System.Runtime.InteropServices;
using System.Text;
using LiveStreams.Core;

namespace LiveStreams.Redis.Presence;

/// <summary>
/// The counts of this node, and which of them the others must still be told. The reports have at most
/// <see cref="MaxReportBytes"/>: what does not fit is in the next one. Not thread-safe.
/// </summary>
internal sealed class LocalCounts
{
    /// <summary>The most bytes of one report, about: 10,000 pages with names of 18 bytes.</summary>
    public const int MaxReportBytes = 256 * 1024;

    /// <summary>The bytes of a page in a report besides its name: quotes, colon, comma and number.</summary>
    private const int PageOverheadBytes = 8;

    private readonly Dictionary<PageId, Entry> _entries = [];

    /// <summary>The pages to report, each once. So it has at most as many as there are entries.</summary>
    private readonly Queue<PageId> _pending = new();

    private int _watched;
    private int _reading;
    private bool _isWholeRequested = true;

    /// <summary>While the whole state is being reported: the pages in the queue that belong to it.</summary>
    private int? _wholeLeft;

    /// <summary>Whether there is anything to report.</summary>
    public bool HasPending => _isWholeRequested || _pending.Count > 0;

    /// <summary>Takes the counts as they are now.</summary>
    /// <param name="counts">All pages with streams, each once.</param>
    public void Update(IEnumerable<PageCount> counts)
    {
        _reading++;
        var found = 0;
        foreach (var (page, subscribers) in counts)
        {
            found++;
            ref var entry = ref CollectionsMarshal.GetValueRefOrAddDefault(_entries, page, out _);
            entry.Reading = _reading;
            Set(page, ref entry, subscribers);
        }

        if (found < _watched)
        {
            foreach (var page in _entries.Keys)
            {
                ref var entry = ref CollectionsMarshal.GetValueRefOrNullRef(_entries, page);
                if (entry.Reading != _reading)
                {
                    Set(page, ref entry, subscribers: 0);
                }
            }
        }
    }

    /// <summary>Reports the whole state again: after the one that is being reported, if there is one.</summary>
    public void RequestWhole() => _isWholeRequested = true;

    /// <summary>A report may not have arrived: reports the whole state, from the beginning.</summary>
    public void OnLost()
    {
        _isWholeRequested = true;
        _wholeLeft = null;
    }

    /// <summary>Fills the next report.</summary>
    public PresenceReport Take(PresenceReport report)
    {
        var isFirst = _isWholeRequested && _wholeLeft is null;
        if (isFirst)
        {
            BeginWhole();
        }

        var pages = new List<PageCount>();
        for (var bytes = 0; bytes < MaxReportBytes && _pending.TryDequeue(out var page); _wholeLeft--)
        {
            ref var entry = ref CollectionsMarshal.GetValueRefOrNullRef(_entries, page);
            entry.IsPending = false;
            pages.Add(new PageCount(page, entry.Subscribers));
            bytes += Encoding.UTF8.GetByteCount(page.Value) + PageOverheadBytes;
            if (entry.Subscribers == 0)
            {
                _entries.Remove(page);
            }
        }

        var isLast = _wholeLeft <= 0;
        if (isLast)
        {
            _wholeLeft = null;
        }

        return report with { IsFirst = isFirst, IsLast = isLast, Pages = pages };
    }

    private void BeginWhole()
    {
        _isWholeRequested = false;
        foreach (var page in _entries.Keys)
        {
            Enqueue(page, ref CollectionsMarshal.GetValueRefOrNullRef(_entries, page));
        }

        _wholeLeft = _pending.Count;
    }

    private void Set(PageId page, ref Entry entry, int subscribers)
    {
        if (entry.Subscribers == subscribers)
        {
            return;
        }

        _watched += (subscribers > 0 ? 1 : 0) - (entry.Subscribers > 0 ? 1 : 0);
        entry.Subscribers = subscribers;
        Enqueue(page, ref entry);
    }

    private void Enqueue(PageId page, ref Entry entry)
    {
        if (!entry.IsPending)
        {
            entry.IsPending = true;
            _pending.Enqueue(page);
        }
    }

    private struct Entry
    {
        public int Subscribers;

        /// <summary>The last call of <see cref="Update"/> that had the page.</summary>
        public int Reading;

        public bool IsPending;
    }
}

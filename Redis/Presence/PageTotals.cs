using System.Collections.Concurrent;
using LiveStreams.Core;

namespace LiveStreams.Redis.Presence;

/// <summary>
/// The sums of the other nodes' counts. Any thread may read them; one at a time changes them. At most
/// <see cref="MaxHeld"/> counts are held.
/// </summary>
internal sealed class PageTotals
{
    /// <summary>
    /// The most counts that are held, each of one page on one node, at about 150 bytes. Pages beyond are not counted.
    /// </summary>
    public const int MaxHeld = 500_000;

    private readonly ConcurrentDictionary<PageId, int> _totals = new();

    /// <summary>The number of counts that are held.</summary>
    public int Held { get; private set; }

    /// <summary>The number of pages.</summary>
    public int Pages => _totals.Count;

    public int this[PageId page] => _totals.GetValueOrDefault(page);

    /// <summary>Reserves the place of a count; false if there is none.</summary>
    public bool TryHold()
    {
        if (Held >= MaxHeld)
        {
            return false;
        }

        Held++;
        return true;
    }

    public void Release(int counts) => Held -= counts;

    public void Add(PageId page, int change)
    {
        var total = this[page] + change;
        if (total == 0)
        {
            _totals.TryRemove(page, out _);
        }
        else if (change != 0)
        {
            _totals[page] = total;
        }
    }
}

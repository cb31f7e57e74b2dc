using LiveStreams.Core;
using LiveStreams.Core.Posts;

namespace LiveStreams.Sqlite;

/// <summary>
/// What is in the journal of one page and not yet folded. The writer adds entries and then makes them visible; any
/// thread may read the visible ones. Entries are only added behind them, so a reader needs no lock, and what it has
/// taken does not change.
/// </summary>
internal sealed class PendingPage(PageState page)
{
    private readonly Dictionary<string, KeyUse> _keys = [];
    private PendingUpdate[] _updates = new PendingUpdate[4];
    private int _count;
    private int _visible;

    public PageId Id => page.Id;

    /// <summary>The page's id in the tables.</summary>
    public long RowId => page.RowId;

    /// <summary>The time of its newest update, live-only ones included, in Unix milliseconds.</summary>
    public long Time { get; private set; }

    /// <summary>The sum of <see cref="JournalEntry.Bytes"/>.</summary>
    public long Bytes { get; private set; }

    /// <summary>The idempotency keys, each with its first use. Only for the writer.</summary>
    public IReadOnlyDictionary<string, KeyUse> Keys => _keys;

    /// <summary>
    /// The kept updates, contiguous. The count is read first, so that the array, which is read after it, has at least
    /// as many.
    /// </summary>
    public ReadOnlyMemory<PendingUpdate> Updates
    {
        get
        {
            var visible = Volatile.Read(ref _visible);
            return Volatile.Read(ref _updates).AsMemory(0, visible);
        }
    }

    public void Add(in JournalEntry entry)
    {
        var update = entry.Update;
        Time = update.Time.ToUnixTimeMilliseconds();
        Bytes += entry.Bytes;
        if (entry.Key is not null)
        {
            _keys[entry.Key.Name] = entry.ToKeyUse();
        }

        if (update.IsLiveOnly)
        {
            return;
        }

        if (_count == _updates.Length)
        {
            var larger = new PendingUpdate[2 * _count];
            _updates.CopyTo(larger, 0);
            Volatile.Write(ref _updates, larger);
        }

        _updates[_count++] = new PendingUpdate(update, entry.Posts);
    }

    /// <summary>Makes everything added since the last call visible to readers at once.</summary>
    public void MakeVisible() => Volatile.Write(ref _visible, _count);
}

/// <summary>An update that is in the journal and not yet in history.</summary>
/// <param name="Update">The update.</param>
/// <param name="Posts">Its changes to the page's posts, or null.</param>
internal readonly record struct PendingUpdate(Update Update, PostChanges? Posts)
{
    /// <summary>Whether it ends the page.</summary>
    public bool IsEnd => Update.Event == EventName.End;
}

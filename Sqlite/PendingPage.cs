using LiveStreams.Core;

namespace LiveStreams.Sqlite;

/// <summary>
/// What of one page is in the journal and not yet in history. The writer adds and then shows; anyone reads what has been shown.
/// Updates are only ever added behind those that were shown, so a reader needs no lock and nothing it has taken changes.
/// </summary>
internal sealed class PendingPage(PageState page)
{
    private readonly Dictionary<string, (long Sequence, long Time)> _keys = [];
    private PendingUpdate[] _updates = new PendingUpdate[4];
    private int _count;
    private int _shown;

    public PageId Id => page.Id;

    /// <summary>The page's number in the file.</summary>
    public long Key => page.Key;

    /// <summary>When its newest update was taken, also a live-only one, in Unix milliseconds.</summary>
    public long Time { get; private set; }

    public long Weight { get; private set; }

    /// <summary>The keys answered, each with its update's sequence (0: live-only) and when, in Unix milliseconds. For the writer only.</summary>
    public IReadOnlyDictionary<string, (long Sequence, long Time)> Keys => _keys;

    /// <summary>The kept updates, contiguous. The number shown is read first, so that the array read after it holds as many.</summary>
    public ReadOnlyMemory<PendingUpdate> Updates
    {
        get
        {
            var shown = Volatile.Read(ref _shown);
            return Volatile.Read(ref _updates).AsMemory(0, shown);
        }
    }

    public void Add(in JournalEntry entry)
    {
        var update = entry.Update;
        Time = update.Time.ToUnixTimeMilliseconds();
        Weight += entry.Weight;
        if (entry.Key is not null)
        {
            _keys[entry.Key] = (update.Id.Sequence, entry.KeyTime);
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

    /// <summary>Shows readers what was added since the last call, all at once.</summary>
    public void Show() => Volatile.Write(ref _shown, _count);
}

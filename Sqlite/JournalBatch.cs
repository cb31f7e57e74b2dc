using System.Text;
using LiveStreams.Core;

namespace LiveStreams.Sqlite;

/// <summary>The updates that one commit appends.</summary>
internal sealed class JournalBatch : IDisposable
{
    /// <summary>
    /// From this average on, in bytes, writing each update twice, to the journal and to history, costs more than the
    /// journal saves.
    /// </summary>
    private const int LargeUpdate = 4096;

    /// <summary>The longest row, in bytes, whose buffer is kept for the next one.</summary>
    private const int MaxKeptBuffer = 256 * 1024;

    private readonly List<JournalEntry> _entries = [];
    private readonly Dictionary<(PageState Page, string Key), KeyUse> _keys = [];
    private readonly HashSet<long> _setBack = [];
    private readonly List<PageId> _born = [];
    private readonly MemoryStream _row = new();
    private readonly BinaryWriter _rowWriter;

    public JournalBatch() => _rowWriter = new BinaryWriter(_row, Encoding.UTF8);

    public IReadOnlyList<JournalEntry> Entries => _entries;

    /// <summary>The pages that begin with an update of this batch.</summary>
    public IReadOnlyList<PageId> Born => _born;

    /// <summary>The sum of <see cref="JournalEntry.Bytes"/>.</summary>
    public long Bytes { get; private set; }

    /// <summary>
    /// True if it is written straight to the tables: its updates are large on average, or the clock was set back, so
    /// that times there must be changed with it.
    /// </summary>
    public bool SkipsJournal => Bytes > (long)LargeUpdate * _entries.Count || _setBack.Count > 0;

    public void Add(in JournalEntry entry)
    {
        _entries.Add(entry);
        Bytes += entry.Bytes;
        if (entry.Key is not null)
        {
            _keys[(entry.Page, entry.Key.Name)] = entry.ToKeyUse();
        }
    }

    /// <summary>Notes that a page begins.</summary>
    public void OnBorn(PageId page) => _born.Add(page);

    /// <summary>Notes that the times of a page, given by its id in the tables, were ahead of the clock.</summary>
    public void OnSetBack(long page) => _setBack.Add(page);

    /// <summary>Whether <see cref="OnSetBack"/> was called for a page.</summary>
    public bool IsSetBack(long page) => _setBack.Contains(page);

    /// <summary>The use of this idempotency key in this batch, or null.</summary>
    public KeyUse? FindByKey(PageState page, string key) => _keys.TryGetValue((page, key), out var use) ? use : null;

    /// <summary>The entries as a row of the journal; valid until <see cref="Clear"/>.</summary>
    public ReadOnlyMemory<byte> ToRow()
    {
        _row.Capacity = Math.Max(_row.Capacity, (int)Bytes);
        foreach (var entry in _entries)
        {
            JournalRow.Write(_rowWriter, entry);
        }

        return _row.GetBuffer().AsMemory(0, (int)_row.Length);
    }

    public void Clear()
    {
        _entries.Clear();
        _keys.Clear();
        _setBack.Clear();
        _born.Clear();
        Bytes = 0;
        _row.SetLength(0);
        if (_row.Capacity > MaxKeptBuffer)
        {
            _row.Capacity = 0;
        }
    }

    public void Dispose() => _rowWriter.Dispose();
}

using System.Text;
using LiveStreams.Core;

namespace LiveStreams.Sqlite;

/// <summary>What one commit appends.</summary>
internal sealed class JournalBatch : IDisposable
{
    /// <summary>
    /// From this average on, in bytes, writing each update to the journal and to history again costs more than what the journal saves.
    /// </summary>
    private const int LargeUpdate = 4096;

    /// <summary>The longest row, in bytes, whose memory is kept for the next.</summary>
    private const int MaxKeptRow = 256 * 1024;

    private readonly List<JournalEntry> _entries = [];
    private readonly Dictionary<(PageState Page, string Key), UpdateId> _keys = [];
    private readonly MemoryStream _row = new();
    private readonly BinaryWriter _rowWriter;

    public JournalBatch() => _rowWriter = new BinaryWriter(_row, Encoding.UTF8);

    public IReadOnlyList<JournalEntry> Entries => _entries;

    /// <summary>The sum of its entries' weights, in bytes.</summary>
    public long Weight { get; private set; }

    /// <summary>True when its updates are large, on average.</summary>
    public bool IsLarge => Weight > (long)LargeUpdate * _entries.Count;

    public void Add(in JournalEntry entry)
    {
        _entries.Add(entry);
        Weight += entry.Weight;
        if (entry.Key is not null)
        {
            _keys[(entry.Page, entry.Key)] = entry.Update.Id;
        }
    }

    /// <summary>The answer to a key in this commit, or null.</summary>
    public UpdateId? AnswerTo(PageState page, string key) => _keys.TryGetValue((page, key), out var id) ? id : null;

    /// <summary>The row of the journal that holds its entries; until <see cref="Clear"/>.</summary>
    public ReadOnlyMemory<byte> ToRow()
    {
        _row.Capacity = Math.Max(_row.Capacity, (int)Weight);
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
        Weight = 0;
        _row.SetLength(0);
        if (_row.Capacity > MaxKeptRow)
        {
            _row.Capacity = 0;
        }
    }

    public void Dispose() => _rowWriter.Dispose();
}

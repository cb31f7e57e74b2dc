using System.Text;
using LiveStreams.Core;

namespace LiveStreams.Sqlite;

/// <summary>What one commit appends: its entries, and the row of the journal that holds them.</summary>
internal sealed class JournalBatch : IDisposable
{
    /// <summary>The largest buffer that is kept from one commit to the next, in bytes.</summary>
    private const int MaxKeptBuffer = 1024 * 1024;

    private readonly List<JournalEntry> _entries = [];
    private readonly Dictionary<(PageState Page, string Key), UpdateId> _keys = [];
    private MemoryStream _bytes;
    private BinaryWriter _row;

    public JournalBatch() => _row = new BinaryWriter(_bytes = new MemoryStream(), Encoding.UTF8);

    public IReadOnlyList<JournalEntry> Entries => _entries;

    /// <summary>The row's bytes, until the batch is changed.</summary>
    public ReadOnlyMemory<byte> Row => _bytes.GetBuffer().AsMemory(0, (int)_bytes.Length);

    public long Weight { get; private set; }

    public void Add(in JournalEntry entry)
    {
        _entries.Add(entry);
        Weight += entry.Weight;
        JournalRow.Write(_row, entry);
        if (entry.Key is not null)
        {
            _keys[(entry.Page, entry.Key)] = entry.Update.Id;
        }
    }

    /// <summary>The answer to a key in this commit, or null.</summary>
    public UpdateId? AnswerTo(PageState page, string key) => _keys.TryGetValue((page, key), out var id) ? id : null;

    public void Clear()
    {
        _entries.Clear();
        _keys.Clear();
        _bytes.SetLength(0);
        Weight = 0;
        if (_bytes.Capacity > MaxKeptBuffer)
        {
            _row.Dispose();
            _row = new BinaryWriter(_bytes = new MemoryStream(), Encoding.UTF8);
        }
    }

    public void Dispose() => _row.Dispose();
}

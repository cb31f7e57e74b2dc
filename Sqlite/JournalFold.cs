using LiveStreams.Core.Metrics;
using Microsoft.Data.Sqlite;

namespace LiveStreams.Sqlite;

/// <summary>
/// Folds the journal: moves what is in it to the tables where it is kept, as a checkpoint moves a write-ahead log into
/// its database. Works in rounds, and a round in steps of one transaction each, so that no publish waits long:
/// <code>
/// journal rows at the start of the round ─▶ step: some pages ─▶ … ─▶ last step: remove those rows
/// </code>
/// What a step has folded stays in the journal until the round ends. After a crash it is recognized by its sequence.
/// </summary>
internal sealed class JournalFold
{
    /// <summary>
    /// About how much one step folds, in bytes of <see cref="JournalEntry.Bytes"/>. A page is not divided.
    /// </summary>
    private const long StepBytes = 512 * 1024;

    /// <summary>From this size on, in the same bytes, the journal is folded.</summary>
    private const long DueBytes = 4 * 1024 * 1024;

    /// <summary>
    /// From this size on, in the same bytes, nothing is appended before the journal has been folded. So the pending
    /// updates in memory are bounded by this and one commit.
    /// </summary>
    private const long FullBytes = 16 * 1024 * 1024;

    private readonly SqliteTransactions _transactions;
    private readonly JournalTable _journal;
    private readonly PendingPages _pending;
    private readonly PageFold _pageFold;
    private readonly ServerMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly Queue<PendingPage> _round = new();
    private long _bytes;
    private long _roundBytes;
    private long _roundEnd;

    public JournalFold(
        SqliteTransactions transactions,
        JournalTable journal,
        PendingPages pending,
        PageFold pageFold,
        ServerMetrics metrics,
        TimeProvider time)
    {
        (_transactions, _journal, _pending, _pageFold) = (transactions, journal, pending, pageFold);
        (_metrics, _time) = (metrics, time);
        metrics.Store.JournalBytes = () => Volatile.Read(ref _bytes);
    }

    /// <summary>True in the middle of a round.</summary>
    public bool IsInProgress { get; private set; }

    public bool IsEmpty => _bytes == 0;

    public bool IsDue => IsInProgress || _bytes >= DueBytes;

    public bool IsFull => _bytes >= FullBytes;

    /// <summary>Counts what has been committed to the journal, in bytes of <see cref="JournalEntry.Bytes"/>.</summary>
    public void OnAppended(long bytes) => _bytes += bytes;

    /// <summary>Runs one step; begins a round if none is in progress.</summary>
    /// <exception cref="SqliteException">Nothing was moved. The next step begins a new round.</exception>
    public void RunStep()
    {
        if (!IsInProgress)
        {
            BeginRound();
        }

        IsInProgress = false;
        var start = _time.GetTimestamp();
        var folded = new List<PendingPage>();
        _transactions.Run(() => FoldSome(folded));
        folded.ForEach(_pending.Remove);
        _metrics.Store.RecordFold(_time.GetElapsedTime(start));
        IsInProgress = _round.Count > 0;
        if (!IsInProgress)
        {
            _bytes -= _roundBytes;
        }
    }

    private void BeginRound()
    {
        (_roundEnd, _roundBytes) = (_journal.NewestId, _bytes);
        _round.Clear();
        foreach (var page in _pending.All.OrderBy(page => page.RowId)) // Pages with few updates share leaves.
        {
            _round.Enqueue(page);
        }
    }

    private void FoldSome(List<PendingPage> folded)
    {
        for (var bytes = 0L; bytes < StepBytes && _round.TryDequeue(out var page); bytes += page.Bytes)
        {
            if (_pending.Contains(page))
            {
                _pageFold.Fold(page);
                folded.Add(page);
            }
        }

        if (_round.Count == 0)
        {
            _journal.RemoveUpTo(_roundEnd);
        }
    }
}

using Microsoft.Data.Sqlite;

namespace LiveStreams.Sqlite;

/// <summary>
/// Moves what is in the journal to where it is kept. Works in rounds, and a round in steps of one transaction each, so that no
/// publish waits long:
/// <code>
/// rows of the journal, when the round begins ─▶ step: some pages ─▶ step: some pages ─▶ … ─▶ last step: remove those rows
/// </code>
/// What a step has moved is in the journal until the round ends; whoever opens the file after a crash knows it by its sequence.
/// </summary>
internal sealed class JournalFold(SqliteTransactions transactions, Journal journal, Pending pending, PageFold pages)
{
    // In bytes of JournalEntry.Weight: about as much is moved in one step (a page is not divided); from this on the journal is due;
    // from this on nothing is appended before it has been folded. So what is pending in memory is bounded by the last, and one commit.
    private const long StepWeight = 512 * 1024;
    private const long DueWeight = 4 * 1024 * 1024;
    private const long FullWeight = 16 * 1024 * 1024;

    private readonly Queue<PendingPage> _round = new();
    private long _weight;
    private long _roundWeight;
    private long _roundEnd;

    /// <summary>True in the middle of a round.</summary>
    public bool IsUnderWay { get; private set; }

    public bool IsEmpty => _weight == 0;

    public bool IsDue => IsUnderWay || _weight >= DueWeight;

    public bool IsFull => _weight >= FullWeight;

    /// <summary>Takes note of what has been committed to the journal, in bytes of <see cref="JournalEntry.Weight"/>.</summary>
    public void Appended(long weight) => _weight += weight;

    /// <summary>Does one step, which begins a round if none is under way.</summary>
    /// <exception cref="SqliteException">Nothing was moved; the next step begins a new round.</exception>
    public void Step()
    {
        if (!IsUnderWay)
        {
            Begin();
        }

        IsUnderWay = false;
        var moved = new List<PendingPage>();
        transactions.Run(() => Move(moved));
        moved.ForEach(pending.Remove);
        IsUnderWay = _round.Count > 0;
        if (!IsUnderWay)
        {
            _weight -= _roundWeight;
        }
    }

    private void Begin()
    {
        (_roundEnd, _roundWeight) = (journal.Newest, _weight);
        _round.Clear();
        foreach (var page in pending.Pages.OrderBy(page => page.Key)) // Pages of few updates share leaves of the file.
        {
            _round.Enqueue(page);
        }
    }

    private void Move(List<PendingPage> moved)
    {
        for (var weight = 0L; weight < StepWeight && _round.TryDequeue(out var page); weight += page.Weight)
        {
            if (pending.Holds(page))
            {
                pages.Move(page);
                moved.Add(page);
            }
        }

        if (_round.Count == 0)
        {
            journal.RemoveTo(_roundEnd);
        }
    }
}

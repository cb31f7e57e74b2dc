using Microsoft.Data.Sqlite;

namespace LiveStreams.Sqlite;

/// <summary>
/// What the writer does between commits, in steps: folding the journal when it has grown, or when nothing has been appended for a
/// second or two, and trimming. What fails (a full disk, say) has changed nothing, and is tried again with the next commit or tick.
/// </summary>
internal sealed class Upkeep(SqliteTransactions transactions, JournalFold fold, SqliteTrimmer trimmer)
{
    private bool _appended;
    private bool _foldDue;
    private bool _trimDue;

    /// <summary>True when there is something to do, also if nobody publishes.</summary>
    public bool IsDue => _foldDue || _trimDue;

    /// <summary>Takes note of a commit.</summary>
    public void Appended() => _appended = true;

    /// <summary>Once a second.</summary>
    public void Tick()
    {
        _trimDue = true;
        _foldDue |= !_appended && !fold.IsEmpty;
        _appended = false;
    }

    /// <summary>Folds the whole journal, as far as the file takes it.</summary>
    public void FoldAll()
    {
        _foldDue = true;
        while (_foldDue)
        {
            Step();
        }
    }

    /// <summary>Does one step of what is due.</summary>
    public void Step()
    {
        try
        {
            if (_foldDue || fold.IsDue)
            {
                fold.Step();
                _foldDue = fold.IsUnderWay;
            }
            else if (_trimDue)
            {
                transactions.Run(() => _trimDue = trimmer.TrimSome());
            }
        }
        catch (SqliteException)
        {
            // The transaction has logged it.
            (_foldDue, _trimDue) = (false, false);
        }
    }
}

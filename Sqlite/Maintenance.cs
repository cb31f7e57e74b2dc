using Microsoft.Data.Sqlite;

namespace LiveStreams.Sqlite;

/// <summary>
/// What the writer does between commits, in steps: folds the journal when it is large or nothing has been appended for
/// a second or two, and trims. A step that fails, for example because the disk is full, changes nothing and is retried
/// with the next commit or tick.
/// </summary>
internal sealed class Maintenance(SqliteTransactions transactions, JournalFold fold, SqliteTrimmer trimmer)
{
    private bool _appended;
    private bool _foldDue;
    private bool _trimDue;

    /// <summary>True if there is a step to run even when nothing is published.</summary>
    public bool IsDue => _foldDue || _trimDue;

    /// <summary>Called after a commit that appended updates.</summary>
    public void OnAppended() => _appended = true;

    /// <summary>Called once a second.</summary>
    public void OnTick()
    {
        _trimDue = true;
        _foldDue |= !_appended && !fold.IsEmpty;
        _appended = false;
    }

    /// <summary>Folds the whole journal, or as much of it as can be written.</summary>
    public void FoldAll()
    {
        _foldDue = true;
        while (_foldDue)
        {
            RunStep();
        }
    }

    /// <summary>Runs one step of what is due.</summary>
    public void RunStep()
    {
        try
        {
            if (_foldDue || fold.IsDue)
            {
                fold.RunStep();
                _foldDue = fold.IsInProgress;
            }
            else if (_trimDue)
            {
                transactions.Run(() => _trimDue = trimmer.RunStep());
            }
        }
        catch (SqliteException)
        {
            // SqliteTransactions has logged it.
            (_foldDue, _trimDue) = (false, false);
        }
    }
}

using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace LiveStreams.Sqlite;

/// <summary>The writing connection's transactions. The first that fails is logged, and the first that succeeds again.</summary>
internal sealed partial class SqliteTransactions(FileConnection connection, ILogger logger)
{
    private readonly Statement _begin = connection.Prepare("BEGIN IMMEDIATE");
    private readonly Statement _commit = connection.Prepare("COMMIT");
    private bool _failing;

    /// <summary>True when the last one failed in its commit: after a crash it may yet be found in the write-ahead log.</summary>
    public bool FailedInCommit { get; private set; }

    /// <summary>Does the work and commits it, or neither.</summary>
    /// <exception cref="SqliteException">Nothing of it was committed, but for <see cref="FailedInCommit"/>.</exception>
    public void Run(Action work)
    {
        FailedInCommit = false;
        try
        {
            _begin.Execute();
            work();
            FailedInCommit = true;
            _commit.Execute();
            FailedInCommit = false;
        }
        catch (SqliteException exception)
        {
            Note(exception);
            if (connection.IsInTransaction)
            {
                connection.Execute("ROLLBACK");
            }

            throw;
        }

        Note(exception: null);
    }

    private void Note(SqliteException? exception)
    {
        if (exception is not null && !_failing)
        {
            LogFailed(exception);
        }
        else if (exception is null && _failing)
        {
            LogRecovered();
        }

        _failing = exception is not null;
    }

    [LoggerMessage(LogLevel.Warning, "The database takes no writes; publishers are told to try again.")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(LogLevel.Information, "The database takes writes again.")]
    private partial void LogRecovered();
}

using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace LiveStreams.Sqlite;

/// <summary>
/// The transactions of the writing connection. Logs the first one that fails, and the first one that succeeds after
/// that.
/// </summary>
internal sealed partial class SqliteTransactions(FileConnection connection, ILogger logger)
{
    private readonly Statement _begin = connection.Prepare("BEGIN IMMEDIATE");
    private readonly Statement _commit = connection.Prepare("COMMIT");
    private bool _failing;

    /// <summary>
    /// True if the last transaction failed in its commit. After a crash it may nevertheless be found in the write-ahead
    /// log.
    /// </summary>
    public bool FailedInCommit { get; private set; }

    /// <summary>Runs <paramref name="work"/> in a transaction, and commits it or rolls it back.</summary>
    /// <exception cref="SqliteException">
    /// Nothing was committed, unless <see cref="FailedInCommit"/> is true: a crash may then still bring it back.
    /// </exception>
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
            if (!_failing)
            {
                LogFailed(exception);
            }

            _failing = true;
            if (connection.IsInTransaction)
            {
                connection.Execute("ROLLBACK");
            }

            throw;
        }

        if (_failing)
        {
            LogRecovered();
        }

        _failing = false;
    }

    [LoggerMessage(
        LogLevel.Warning,
        "The database cannot be written, and publishers receive 503. Check the disk's space and permissions.")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(LogLevel.Information, "The database can be written again.")]
    private partial void LogRecovered();
}

using Microsoft.Data.Sqlite;
using SQLitePCL;
using static SQLitePCL.raw;

namespace LiveStreams.Sqlite;

/// <summary>
/// A prepared statement that is compiled once and run often. It calls SQLite directly, because
/// <see cref="SqliteCommand"/> costs more CPU and allocates for each run (docs/decisions/own-sqlite-statements.md).
/// Values are bound in the order in which their parameters first appear in the text. Not thread-safe.
/// </summary>
/// <exception cref="SqliteException">From every method.</exception>
internal sealed class Statement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    public Statement(sqlite3 database, string sql)
    {
        _database = database;
        var result = sqlite3_prepare_v3(database, sql, SQLITE_PREPARE_PERSISTENT, out _statement);
        SqliteException.ThrowExceptionForRC(result, database);
    }

    /// <summary>
    /// Runs an INSERT, UPDATE or DELETE and returns how many rows it changed; or any other statement.
    /// </summary>
    public int Execute(params ReadOnlySpan<SqlValue> values)
    {
        using var rows = Query(values);
        while (rows.Read())
        {
        }

        return sqlite3_changes(_database);
    }

    /// <summary>
    /// Runs a query and returns the first column of its first row, or null if there is no row or the column is NULL.
    /// </summary>
    public long? QueryInt64(params ReadOnlySpan<SqlValue> values)
    {
        using var rows = Query(values);
        return rows.Read() && !rows.IsNull(0) ? rows.GetInt64(0) : null;
    }

    /// <summary>Starts a query. The statement must not be run again before the result is disposed.</summary>
    public Rows Query(params ReadOnlySpan<SqlValue> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            SqliteException.ThrowExceptionForRC(values[i].Bind(_statement, i + 1), _database);
        }

        return new Rows(_database, _statement);
    }

    public void Dispose() => _statement.Dispose();
}

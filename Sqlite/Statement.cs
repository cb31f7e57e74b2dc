using Microsoft.Data.Sqlite;
using SQLitePCL;
using static SQLitePCL.raw;

namespace LiveStreams.Sqlite;

/// <summary>
/// A statement that is compiled once and run often. Speaks to SQLite itself, because a command of ADO.NET costs more than most
/// statements here do. Values are given in the order in which their parameters first stand in the text. Not for two threads at once.
/// </summary>
/// <exception cref="SqliteException">From every method.</exception>
internal sealed class Statement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    public Statement(sqlite3 database, string sql)
    {
        _database = database;
        SqliteException.ThrowExceptionForRC(sqlite3_prepare_v3(database, sql, SQLITE_PREPARE_PERSISTENT, out _statement), database);
    }

    /// <summary>Runs it; returns how many rows it changed, if it is one that changes rows.</summary>
    public int Execute(params ReadOnlySpan<SqlValue> values)
    {
        using var rows = Query(values);
        while (rows.Read())
        {
        }

        return sqlite3_changes(_database);
    }

    /// <summary>The first column of the first row, or null when there is none.</summary>
    public long? Number(params ReadOnlySpan<SqlValue> values)
    {
        using var rows = Query(values);
        return rows.Read() && !rows.IsNull(0) ? rows.Number(0) : null;
    }

    /// <summary>Begins to run it; it is not run again before the result is disposed.</summary>
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

using Microsoft.Data.Sqlite;
using SQLitePCL;
using static SQLitePCL.raw;

namespace LiveStreams.Sqlite;

/// <summary>The result of a <see cref="Statement"/>, row by row. Columns are numbered from 0.</summary>
internal readonly ref struct Rows(sqlite3 database, sqlite3_stmt statement) : IDisposable
{
    /// <summary>Moves to the next row; false when there is none.</summary>
    /// <exception cref="SqliteException">The statement failed.</exception>
    public bool Read()
    {
        var result = sqlite3_step(statement);
        SqliteException.ThrowExceptionForRC(result, database);
        return result == SQLITE_ROW;
    }

    public bool IsNull(int column) => sqlite3_column_type(statement, column) == SQLITE_NULL;

    public long GetInt64(int column) => sqlite3_column_int64(statement, column);

    public string GetString(int column) => sqlite3_column_text(statement, column).utf8_to_string();

    public byte[] GetBytes(int column) => sqlite3_column_blob(statement, column).ToArray();

    // sqlite3_reset returns the error of the last step, which Read has already thrown.
    public void Dispose() => sqlite3_reset(statement);
}

using Microsoft.Data.Sqlite;
using SQLitePCL;
using static SQLitePCL.raw;

namespace LiveStreams.Sqlite;

/// <summary>What a <see cref="Statement"/> finds, row by row; columns count from 0.</summary>
internal readonly ref struct Rows(sqlite3 database, sqlite3_stmt statement) : IDisposable
{
    /// <summary>Goes to the next row; false when there is none.</summary>
    public bool Read()
    {
        var result = sqlite3_step(statement);
        SqliteException.ThrowExceptionForRC(result, database);
        return result == SQLITE_ROW;
    }

    public bool IsNull(int column) => sqlite3_column_type(statement, column) == SQLITE_NULL;

    public long Number(int column) => sqlite3_column_int64(statement, column);

    public string Text(int column) => sqlite3_column_text(statement, column).utf8_to_string();

    public byte[] Blob(int column) => sqlite3_column_blob(statement, column).ToArray();

    // What it returns is the failure that Read has thrown, if any.
    public void Dispose() => sqlite3_reset(statement);
}

using Microsoft.Data.Sqlite;
using static SQLitePCL.raw;

namespace LiveStreams.Sqlite;

/// <summary>One connection to the file. Its statements are closed with it. Not for two threads at once.</summary>
internal sealed class FileConnection : IDisposable
{
    /// <summary>How long a statement waits, in milliseconds, while another program has the file locked.</summary>
    private const int BusyTimeout = 1000;

    private readonly SqliteConnection _connection;
    private readonly List<Statement> _statements = [];

    /// <param name="path">The file.</param>
    /// <param name="mode">Whether the file may be made.</param>
    /// <param name="pragmas">What to set first.</param>
    /// <exception cref="SqliteException">It cannot be opened, or is something else.</exception>
    public FileConnection(string path, SqliteOpenMode mode, string pragmas)
    {
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false }.ToString());
        try
        {
            _connection.Open();
            Execute($"PRAGMA busy_timeout={BusyTimeout}; {pragmas}");
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    public bool IsInTransaction => sqlite3_get_autocommit(_connection.Handle) == 0;

    /// <summary>Compiles a statement that is to be run often.</summary>
    public Statement Prepare(string sql)
    {
        var statement = new Statement(_connection.Handle!, sql);
        _statements.Add(statement);
        return statement;
    }

    /// <summary>Runs one or more statements once.</summary>
    public void Execute(string sql) => SqliteException.ThrowExceptionForRC(sqlite3_exec(_connection.Handle, sql), _connection.Handle);

    /// <summary>Runs a query once; its first number.</summary>
    public long Number(string sql)
    {
        using var statement = new Statement(_connection.Handle!, sql);
        return statement.Number() ?? 0;
    }

    public void Dispose()
    {
        foreach (var statement in _statements)
        {
            statement.Dispose();
        }

        _connection.Dispose();
    }
}

using Microsoft.Data.Sqlite;
using static SQLitePCL.raw;

namespace LiveStreams.Sqlite;

/// <summary>One connection to the database file. Disposing it disposes its statements. Not thread-safe.</summary>
internal sealed class FileConnection : IDisposable
{
    /// <summary>How long a statement waits, in milliseconds, while another program has the file locked.</summary>
    private const int BusyTimeoutMilliseconds = 1000;

    private readonly SqliteConnection _connection;
    private readonly List<Statement> _statements = [];

    /// <param name="path">The database file.</param>
    /// <param name="mode">Whether the file may be created.</param>
    /// <param name="pragmas">The statements to run first.</param>
    /// <exception cref="SqliteException">The file cannot be opened, or is not a database.</exception>
    public FileConnection(string path, SqliteOpenMode mode, string pragmas)
    {
        var connectionString = new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false };
        _connection = new SqliteConnection(connectionString.ToString());
        try
        {
            _connection.Open();
            Execute($"PRAGMA busy_timeout={BusyTimeoutMilliseconds}; {pragmas}");
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
    public void Execute(string sql)
    {
        var result = sqlite3_exec(_connection.Handle, sql);
        SqliteException.ThrowExceptionForRC(result, _connection.Handle);
    }

    /// <summary>Runs a query once and returns the first column of its first row, or 0 if there is none.</summary>
    public long QueryInt64(string sql)
    {
        using var statement = new Statement(_connection.Handle!, sql);
        return statement.QueryInt64() ?? 0;
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

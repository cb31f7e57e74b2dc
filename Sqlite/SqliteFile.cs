using Microsoft.Data.Sqlite;

namespace LiveStreams.Sqlite;

/// <summary>
/// The database file of one process. A lock file beside it, held open without sharing, keeps a second process out; the
/// operating system lets go of it when the process ends, however it ends.
/// </summary>
internal sealed class SqliteFile : IDisposable
{
    private const int SchemaVersion = 3;
    private const int VersionWithoutPosts = 2;
    private const int VersionWithoutJournal = 1;

    // A row of the journal holds the updates of one commit (JournalRow), until they are folded into the other tables. One history row is found by (page, sequence) alone, so it lives in that index (WITHOUT ROWID). Keys stand about in
    // the order of their time, which their rowid is, so that the old ones are found without an index on time. A page's id is never given to
    // another page. The one row of written is there to see whether the file can be written.
    private const string Schema = """
        CREATE TABLE page (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL UNIQUE,
            epoch INTEGER NOT NULL,
            sequence INTEGER NOT NULL,
            time INTEGER NOT NULL);
        CREATE TABLE history (
            page INTEGER NOT NULL,
            sequence INTEGER NOT NULL,
            time INTEGER NOT NULL,
            event TEXT,
            data BLOB NOT NULL,
            PRIMARY KEY (page, sequence)) WITHOUT ROWID;
        CREATE TABLE idempotency (
            id INTEGER PRIMARY KEY,
            page INTEGER NOT NULL,
            key TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            time INTEGER NOT NULL,
            UNIQUE (page, key));
        CREATE TABLE written (
            id INTEGER PRIMARY KEY,
            times INTEGER NOT NULL);
        INSERT INTO written VALUES (1, 0);
        """;

    private const string Journal = """
        CREATE TABLE journal (
            id INTEGER PRIMARY KEY,
            entries BLOB NOT NULL);
        """;

    // A page's ended is the sequence of the update that last ended it. Of two posts the one of the greater place is the newer.
    private const string Posts = """
        ALTER TABLE page ADD COLUMN ended INTEGER NOT NULL DEFAULT 0;
        CREATE TABLE post (
            id INTEGER PRIMARY KEY,
            page INTEGER NOT NULL,
            post TEXT NOT NULL,
            place INTEGER NOT NULL,
            show INTEGER NOT NULL,
            content BLOB NOT NULL,
            UNIQUE (page, post));
        """;

    private readonly string _path;
    private readonly FileStream _lock;

    /// <exception cref="StoreFileException">Another process has the file, or it cannot be opened.</exception>
    public SqliteFile(string path)
    {
        SQLitePCL.Batteries_V2.Init();
        _path = Path.GetFullPath(path);
        _lock = Lock(_path);
        try
        {
            Prepare();
        }
        catch (SqliteException exception)
        {
            _lock.Dispose();
            throw new StoreFileException($"{_path} cannot be opened as a LiveStreams database: {exception.Message}", exception);
        }
        catch
        {
            _lock.Dispose();
            throw;
        }
    }

    /// <summary>synchronous=FULL: a commit is on the disk before the publisher has its answer, also when the power fails.</summary>
    public FileConnection OpenWriter() =>
        new(_path, SqliteOpenMode.ReadWriteCreate, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4000;");

    public FileConnection OpenReader() => new(_path, SqliteOpenMode.ReadWrite, "PRAGMA query_only=1;");

    public void Dispose() => _lock.Dispose();

    private static FileStream Lock(string path)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            return new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (File.Exists(path + ".lock"))
        {
            throw new StoreFileException($"Another process uses {path}; stop it, or give this one a file of its own with Sqlite:Path.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StoreFileException($"{path} cannot be written: {exception.Message}", exception);
        }
    }

    private void Prepare()
    {
        using var connection = OpenWriter();
        switch (connection.Number("PRAGMA user_version"))
        {
            case SchemaVersion:
                return;
            case 0 when connection.Number("SELECT count(*) FROM sqlite_master") == 0:
                Change(connection, Schema, Journal, Posts);
                return;
            case VersionWithoutJournal:
                Change(connection, Journal, Posts);
                return;
            case VersionWithoutPosts:
                Change(connection, Posts);
                return;
            default:
                throw new StoreFileException($"{_path} is not a database of this version of LiveStreams; give another file with Sqlite:Path.");
        }
    }

    private static void Change(FileConnection connection, params ReadOnlySpan<string> statements) =>
        connection.Execute($"BEGIN; {string.Join(' ', statements)} PRAGMA user_version={SchemaVersion}; COMMIT;");
}

using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace LiveStreams.Sqlite;

/// <summary>
/// The database file of one process. A lock file next to it, held open without sharing, keeps a second process out. The
/// operating system releases it when the process ends, even in a crash.
/// </summary>
internal sealed class SqliteFile : IDisposable
{
    /// <summary>What is added to the database's name for the name of its lock file.</summary>
    public const string LockSuffix = ".lock";

    /// <summary>The newest version of the tables, which this program reads and writes.</summary>
    public const int SchemaVersion = 4;

    private const int VersionBeforeDigests = 3;
    private const int VersionBeforePosts = 2;
    private const int VersionBeforeJournal = 1;

    // A history row is only looked up by (page, sequence), so the table is stored in that index (WITHOUT ROWID).
    // Idempotency keys are roughly in the order of their time by rowid, so that expired ones are found without an index
    // on time. A page's id is never reused (AUTOINCREMENT). The one row of written is updated to check that the file
    // can be written.
    private const string InitialTables = """
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

    // A row holds the updates of one commit (JournalRow), until they are folded into the other tables.
    private const string JournalTable = """
        CREATE TABLE journal (
            id INTEGER PRIMARY KEY,
            entries BLOB NOT NULL);
        """;

    // page.ended is the sequence of the update that last ended the page. Of two posts, the one with the greater place
    // is newer.
    private const string PostTable = """
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

    // The digest of the update that the key was used for (StoredKey). A key of an earlier version has none.
    private const string KeyDigest = "ALTER TABLE idempotency ADD COLUMN digest BLOB;";

    // Times without data. A search in the table itself compares whole rows, and reads the data of each that does not
    // fit into a page of the file. Files of earlier versions get the index when they are opened; those versions keep
    // it.
    private const string TimeIndex =
        "CREATE INDEX IF NOT EXISTS history_time ON history (page, time, sequence);";

    private readonly string _path;
    private readonly FileStream _lock;

    /// <exception cref="StoreFileException">Another process uses the file, or it cannot be opened.</exception>
    public SqliteFile(string path, ILogger logger)
    {
        SQLitePCL.Batteries_V2.Init();
        _path = Path.GetFullPath(path);
        _lock = Lock(_path);
        try
        {
            FileModes.Restrict(_path, logger);
            CreateOrMigrate();
            CreateTimeIndex();
        }
        catch (SqliteException exception)
        {
            _lock.Dispose();
            throw new StoreFileException(
                $"{_path} cannot be opened as a LiveStreams database: {exception.Message}",
                exception);
        }
        catch
        {
            _lock.Dispose();
            throw;
        }
    }

    // synchronous=FULL: a commit is on the disk before the publisher gets its response, so it survives a power failure.
    public FileConnection OpenWriter() => new(
        _path,
        SqliteOpenMode.ReadWriteCreate,
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4000;");

    public FileConnection OpenReader() => new(_path, SqliteOpenMode.ReadWrite, "PRAGMA query_only=1;");

    public void Dispose() => _lock.Dispose();

    private static FileStream Lock(string path)
    {
        try
        {
            FileModes.CreateFolder(Path.GetDirectoryName(path)!);
            return FileModes.OpenOrCreate(path + LockSuffix);
        }
        catch (IOException exception) when (File.Exists(path + LockSuffix))
        {
            throw StoreFileException.InUse(path, exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw StoreFileException.NotWritable(path, exception);
        }
    }

    private void CreateTimeIndex()
    {
        using var connection = OpenWriter();
        connection.Execute(TimeIndex);
    }

    private void CreateOrMigrate()
    {
        using var connection = OpenWriter();
        switch (connection.QueryInt64("PRAGMA user_version"))
        {
            case SchemaVersion:
                return;
            case 0 when connection.QueryInt64("SELECT count(*) FROM sqlite_master") == 0:
                Migrate(connection, InitialTables, JournalTable, PostTable, KeyDigest);
                return;
            case VersionBeforeJournal:
                Migrate(connection, JournalTable, PostTable, KeyDigest);
                return;
            case VersionBeforePosts:
                Migrate(connection, PostTable, KeyDigest);
                return;
            case VersionBeforeDigests:
                Migrate(connection, KeyDigest);
                return;
            default:
                throw StoreFileException.OtherVersion(_path);
        }
    }

    private static void Migrate(FileConnection connection, params ReadOnlySpan<string> statements) =>
        connection.Execute($"BEGIN; {string.Join(' ', statements)} PRAGMA user_version={SchemaVersion}; COMMIT;");
}

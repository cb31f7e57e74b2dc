using System.Buffers.Binary;

namespace LiveStreams.Sqlite;

/// <summary>
/// Finds out whether a server could use a database file, without creating it or its folder, and without its lock.
/// </summary>
public static class StoreFileProbe
{
    /// <summary>Enough for a new database and its write-ahead log.</summary>
    private const int ProbeBytes = 1024 * 1024;

    // The header of a SQLite file (https://www.sqlite.org/fileformat.html#the_database_header).
    private const int VersionOffset = 60;
    private const int HeaderBytes = 100;

    /// <exception cref="StoreFileException">A server could not use the file; the message says why.</exception>
    public static StoreFileState Find(string path)
    {
        var full = Path.GetFullPath(path);
        try
        {
            CheckLock(full);
            var exists = File.Exists(full);
            if (exists)
            {
                CheckFile(full);
            }

            var folder = FindFolder(Path.GetDirectoryName(full)!);
            CheckWritable(Path.Combine(folder, $"{Path.GetFileName(full)}.check-{Guid.NewGuid():N}"));
            var drive = new DriveInfo(folder);
            return new StoreFileState(full, exists, folder, drive.AvailableFreeSpace, drive.TotalSize);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw StoreFileException.NotWritable(full, exception);
        }
    }

    // Shared, so that a server that has the lock keeps it. The lock is held for no longer than the open takes.
    private static void CheckLock(string path)
    {
        var lockFile = path + SqliteFile.LockSuffix;
        if (!File.Exists(lockFile))
        {
            return;
        }

        try
        {
            new FileStream(lockFile, FileMode.Open, FileAccess.Read, FileShare.Read).Dispose();
        }
        catch (IOException exception)
        {
            throw StoreFileException.InUse(path, exception);
        }
    }

    // Without SQLite, which would create files beside it. A new version is written there when SQLite has folded its
    // write-ahead log, so an older one may be seen, which the server accepts too.
    private static void CheckFile(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        var header = new byte[HeaderBytes];
        var length = file.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false);
        var isSqlite = header.AsSpan().StartsWith("SQLite format 3\0"u8);
        var version = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(VersionOffset));
        if (length > 0 && (!isSqlite || version is < 0 or > SqliteFile.SchemaVersion))
        {
            throw StoreFileException.OtherVersion(path);
        }
    }

    /// <summary>The folder, or the nearest above it that exists: the server creates the others.</summary>
    private static string FindFolder(string path)
    {
        while (!Directory.Exists(path))
        {
            if (File.Exists(path))
            {
                throw new IOException($"'{path}' is a file and not a folder");
            }

            path = Path.GetDirectoryName(path)!;
        }

        return path;
    }

    // Only a file shows what modes, mounts and quotas allow together.
    private static void CheckWritable(string path)
    {
        using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Options = FileOptions.DeleteOnClose,
        });
        file.Write(new byte[ProbeBytes]);
        file.Flush(flushToDisk: true);
    }
}

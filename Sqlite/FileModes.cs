using Microsoft.Extensions.Logging;

namespace LiveStreams.Sqlite;

/// <summary>
/// Who may open the database on Unix: the server's own user. What the server creates, it creates so. SQLite gives the
/// write-ahead log and the shared memory the mode of the database.
/// </summary>
internal static partial class FileModes
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerOnlyFolder = OwnerOnly | UnixFileMode.UserExecute;
    private const UnixFileMode Everyone =
        UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>What is added to the database's name: nothing, and the names of the files that belong to it.</summary>
    private static readonly string[] _suffixes = ["", "-wal", "-shm", SqliteFile.LockSuffix];

    /// <summary>Creates a folder, and those above it, unless they exist.</summary>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, OwnerOnlyFolder);
        }
    }

    /// <summary>Opens a file without sharing it. Another user cannot open it, so cannot lock it either.</summary>
    public static FileStream OpenOrCreate(string path)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        return new FileStream(path, options);
    }

    /// <summary>
    /// Creates the database's file if there is none, and removes the access that an earlier version gave to everyone.
    /// Does not change a mode that an administrator has set for a group, or the file to which a link leads, which may
    /// belong to somebody else.
    /// </summary>
    public static void Restrict(string database, ILogger logger)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        OpenOrCreate(database).Dispose();
        foreach (var path in _suffixes.Select(suffix => database + suffix).Where(File.Exists))
        {
            if ((File.GetUnixFileMode(path) & Everyone) == 0 || new FileInfo(path).LinkTarget is not null)
            {
                continue;
            }

            try
            {
                File.SetUnixFileMode(path, OwnerOnly);
                LogRestricted(logger, path);
            }
            catch (UnauthorizedAccessException)
            {
                LogNotRestricted(logger, path);
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "Every user of this machine could open {Path}. Now only its owner can.")]
    private static partial void LogRestricted(ILogger logger, string path);

    [LoggerMessage(
        LogLevel.Warning,
        "Every user of this machine can open {Path}, and the server may not change that. Set its mode to 0600.")]
    private static partial void LogNotRestricted(ILogger logger, string path);
}

using LiveStreams.Core;

namespace LiveStreams.Sqlite;

/// <summary>The database file cannot be used.</summary>
public sealed class StoreFileException(string message, Exception? innerException = null)
    : StartException(message, innerException)
{
    internal static StoreFileException InUse(string path, Exception error) => new(
        $"Another process uses {path}; stop it, or give this process another file with Sqlite:Path.", error);

    internal static StoreFileException NotWritable(string path, Exception error) => new(
        $"{path} cannot be written: {error.Message.TrimEnd('.')}. "
        + "Give this user space and the right to write there, or set Sqlite:Path to another file.",
        error);

    internal static StoreFileException OtherVersion(string path) => new(
        $"{path} is not a database of this version of LiveStreams; give another file with Sqlite:Path.");
}

using LiveStreams.Core;

namespace LiveStreams.Sqlite;

/// <summary>The database file cannot be used.</summary>
public sealed class StoreFileException(string message, Exception? innerException = null)
    : StartException(message, innerException);

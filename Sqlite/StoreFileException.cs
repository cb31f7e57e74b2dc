namespace LiveStreams.Sqlite;

/// <summary>The database file cannot be used: the message says why in one sentence, and what to do.</summary>
public sealed class StoreFileException(string message, Exception? innerException = null) : Exception(message, innerException);

namespace LiveStreams.Sqlite;

/// <summary>What is where a server keeps its database.</summary>
/// <param name="Path">The file, in full.</param>
/// <param name="Exists">Whether it exists; if not, the server creates it.</param>
/// <param name="Folder">Its folder, or the nearest above it that exists.</param>
/// <param name="FreeBytes">What this user may still write there.</param>
/// <param name="TotalBytes">The size of the disk.</param>
public sealed record StoreFileState(string Path, bool Exists, string Folder, long FreeBytes, long TotalBytes);

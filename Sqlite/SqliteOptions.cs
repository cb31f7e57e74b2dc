using System.ComponentModel.DataAnnotations;

namespace LiveStreams.Sqlite;

/// <summary>Where the SQLite engine keeps its data (<c>Sqlite:*</c>).</summary>
public sealed class SqliteOptions
{
    /// <summary>
    /// The database file. Its folder is created if it does not exist. Default <c>data/livestreams.db</c>. It must be on
    /// a local disk, because WAL does not work on network file systems.
    /// </summary>
    [Required]
    public string Path { get; set; } = "data/livestreams.db";
}

using System.ComponentModel.DataAnnotations;

namespace LiveStreams.Sqlite;

/// <summary>Where the SQLite engine keeps its data (<c>Sqlite:*</c>).</summary>
public sealed class SqliteOptions
{
    /// <summary>The database file; its folder is made if need be. Default <c>data/livestreams.db</c>. Local disks only: WAL does not work on network file systems.</summary>
    [Required]
    public string Path { get; set; } = "data/livestreams.db";
}

namespace LiveStreams.Core.FanOut;

/// <summary>
/// The versions of one page's snapshot that readers hold, and the reads of the store. Guarded by the
/// <see cref="SnapshotRegistry"/>.
/// </summary>
internal sealed class PageSnapshots
{
    /// <summary>The versions, oldest first.</summary>
    public List<Snapshot> Versions { get; } = [];

    /// <summary>The read in progress.</summary>
    public Task<Snapshot>? Running { get; set; }

    /// <summary>The read that starts after it.</summary>
    public Task<Snapshot>? Next { get; set; }

    public bool IsUnused => Versions.Count == 0 && Running is null && Next is null;

    /// <summary>The version at a position, which an update has given its posts.</summary>
    public Snapshot? Find(UpdateId head) => Versions.Find(version => version.Page.Head == head);
}

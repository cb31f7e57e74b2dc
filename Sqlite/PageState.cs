namespace LiveStreams.Sqlite;

/// <summary>What the writer knows of a page without asking the file. It is the only one that writes, so this is the truth.</summary>
internal sealed class PageState(long key, long epoch)
{
    public long Key => key;

    public long Epoch => epoch;

    public long Sequence { get; set; }

    /// <summary>The oldest sequence in the file.</summary>
    public long Oldest { get; set; } = 1;

    /// <summary>When the newest update was taken, in Unix milliseconds.</summary>
    public long Time { get; set; }
}

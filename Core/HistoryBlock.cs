namespace LiveStreams.Core;

/// <summary>A part of a page's history after a position, with what the page keeps at the same moment.</summary>
/// <param name="Page">What the page keeps.</param>
/// <param name="Updates">
/// Contiguous updates right after the position; empty when nothing is newer, or when <paramref name="Reset"/> is set.
/// </param>
/// <param name="Reset">
/// Why the updates after the position cannot be read, and from where on they can; null if they can be read.
/// </param>
public readonly record struct HistoryBlock(PageHead Page, IReadOnlyList<Update> Updates, PageReset? Reset)
{
    /// <summary>
    /// The most data bytes in a block, unless its first update alone is larger. Limits what a reader that is far behind
    /// costs at a time.
    /// </summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>The most updates in a block.</summary>
    public const int MaxUpdates = 1000;
}

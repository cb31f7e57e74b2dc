namespace LiveStreams.Core;

/// <summary>
/// A part of a page's history right after a position, or right before an update, with what the page keeps at the same
/// moment.
/// </summary>
/// <param name="Page">What the page keeps.</param>
/// <param name="Updates">
/// Contiguous updates, oldest first; empty when nothing is there, or when <paramref name="Reset"/> is set.
/// </param>
/// <param name="Reset">
/// Why the updates cannot be read, and from where on they can; null if they can be read.
/// </param>
public readonly record struct HistoryBlock(PageHead Page, IReadOnlyList<Update> Updates, PageReset? Reset)
{
    /// <summary>
    /// The most data bytes in a block, unless the update nearest to the position alone is larger. Limits what a reader
    /// that is far behind costs at a time.
    /// </summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>The most updates in a block.</summary>
    public const int MaxUpdates = 1000;

    /// <summary>
    /// Whether the limit of the read or <see cref="MaxBytes"/> ended the block, and not only what the page keeps. Then
    /// its updates depend on nothing but the read.
    /// </summary>
    public bool IsFull { get; init; }
}

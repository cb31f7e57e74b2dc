namespace LiveStreams.Core;

/// <summary>A stretch of history after a position, with the page's state at the same moment.</summary>
/// <param name="Page">What the page keeps.</param>
/// <param name="Updates">Contiguous updates right after the position; empty when nothing is newer or the position cannot be honoured.</param>
/// <param name="Reset">Why the position cannot be honoured, or null.</param>
public readonly record struct HistoryBlock(PageHead Page, IReadOnlyList<Update> Updates, ResetReason? Reset)
{
    /// <summary>The most data bytes a block holds, beyond its first update: bounds what a reader far behind costs at a time.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>The most updates a block holds.</summary>
    public const int MaxUpdates = 1000;
}

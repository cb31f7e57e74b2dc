using LiveStreams.Core;

namespace LiveStreams.Api.History;

/// <summary>
/// A block of a page's history as a response has it. If it is full, everything in it follows from the request and from
/// updates that do not change, so that caches may keep it.
/// </summary>
/// <param name="Page">The page.</param>
/// <param name="Block">The block, which has no reset.</param>
/// <param name="IsFull">
/// Whether the request names an edge by its id, and its limit or the size of blocks is the other edge, before the
/// newest update.
/// </param>
internal readonly record struct HistoryPart(PageId Page, HistoryBlock Block, bool IsFull)
{
    public UpdateId? First => Block.Updates is [var first, ..] ? first.Id : null;

    public UpdateId? Last => Block.Updates is [.., var last] ? last.Id : null;

    /// <summary>
    /// The id to ask before for the block before this one; null if this block begins with the oldest kept update. What
    /// is kept changes, so a full block has one unless it begins with the first update of its epoch.
    /// </summary>
    public UpdateId? Prev => First?.Sequence > (IsFull ? 1 : Block.Page.OldestSequence) ? First : null;

    /// <summary>
    /// The position to ask after for the block after this one; null if this block ends with the newest update.
    /// </summary>
    public UpdateId? Next => Last?.Sequence < Block.Page.Head.Sequence ? Last : null;

    /// <summary>The newest id, unless the block is full.</summary>
    public UpdateId? Head => IsFull ? null : Block.Page.Head;

    /// <summary>
    /// The response to a query. Times later than <paramref name="now"/> may still change, if the clock was set back
    /// (<see cref="UpdateTime"/>), so a block with one of them is not full.
    /// </summary>
    public static HistoryPart Of(PageId page, HistoryQuery query, HistoryBlock block, DateTimeOffset now)
    {
        var part = new HistoryPart(page, block, IsFull: false);
        var isFixed = block.IsFull && part.Next is not null && block.Updates[^1].Time <= now;
        return part with { IsFull = query.NamesEdge && isFixed };
    }
}

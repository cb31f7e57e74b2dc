namespace LiveStreams.Core;

/// <summary>
/// Tells the other nodes how many event streams each page has on this node, and knows how many each has on the others.
/// </summary>
public interface IPresence
{
    /// <summary>
    /// The number of a page's event streams on all other nodes. It is looked up in the memory of this process, so a
    /// publish may ask for it, and whoever shows it may ask once a second. A change on another node is known within
    /// 2 s, the death of another node within 30 s. While nodes cannot reach each other, the number is the last that is
    /// known, for 20 to 30 s, then 0.
    /// </summary>
    int CountElsewhere(PageId page);

    /// <summary>
    /// Reports this node's counts to the others, once a second at most, until <paramref name="stopping"/>; then tells
    /// them that this node has no streams any more. Does not fail when the others cannot be reached: it continues when
    /// they can.
    /// </summary>
    /// <param name="readCounts">
    /// Returns the pages that have event streams on this node, each once. It is called once a second.
    /// </param>
    /// <param name="stopping">Ends the reporting.</param>
    Task RunAsync(Func<IEnumerable<PageCount>> readCounts, CancellationToken stopping);
}

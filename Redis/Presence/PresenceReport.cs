using LiveStreams.Core;

namespace LiveStreams.Redis.Presence;

/// <summary>
/// One message of a node to the others. A node's whole state, all its pages that have streams, is one report or
/// several, from one that <see cref="IsFirst"/> to one that <see cref="IsLast"/>. Every other report has the pages that
/// have changed.
/// </summary>
/// <param name="Node">The node that sends it: random, another in each process.</param>
/// <param name="Sequence">The number of the report: 1 more than that of the node's report before.</param>
internal sealed record PresenceReport(string Node, long Sequence)
{
    /// <summary>Whether it begins the node's whole state.</summary>
    public bool IsFirst { get; init; }

    /// <summary>Whether it ends the node's whole state: pages that were not in it have no streams there.</summary>
    public bool IsLast { get; init; }

    /// <summary>Whether the other nodes are asked to send their whole state.</summary>
    public bool IsRequest { get; init; }

    /// <summary>Whether the node stops, and has no streams any more.</summary>
    public bool IsLeaving { get; init; }

    /// <summary>How many streams pages have on the node now.</summary>
    public IReadOnlyList<PageCount> Pages { get; init; } = [];
}

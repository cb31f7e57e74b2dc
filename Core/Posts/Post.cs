namespace LiveStreams.Core.Posts;

/// <summary>One live post of a page.</summary>
/// <param name="Id">Its id (<see cref="PostId"/>).</param>
/// <param name="Show">False for one that is hidden: it keeps its place.</param>
/// <param name="Content">HTML, in UTF-8. Shared, so never written to after construction.</param>
public sealed record Post(string Id, bool Show, ReadOnlyMemory<byte> Content);

namespace LiveStreams.Core.Posts;

/// <summary>One live post of a page.</summary>
/// <param name="Id">The id (<see cref="PostId"/>).</param>
/// <param name="Show">False for a hidden post, which keeps its place among the others.</param>
/// <param name="Content">HTML, in UTF-8. It is shared, so it must not be changed.</param>
public sealed record Post(string Id, bool Show, ReadOnlyMemory<byte> Content);

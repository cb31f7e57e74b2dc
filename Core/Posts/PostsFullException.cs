namespace LiveStreams.Core.Posts;

/// <summary>The update would take the page's posts over a bound (<see cref="PostOptions"/>), and was not published.</summary>
public sealed class PostsFullException(PageId page)
    : Exception($"The page '{page}' has as many posts, or as large ones, as it may have. Remove some, or make them smaller.");

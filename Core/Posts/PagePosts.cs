namespace LiveStreams.Core.Posts;

/// <summary>A page's posts at one moment.</summary>
/// <param name="Page">What the page keeps at that moment; its head is the position at which the posts stand.</param>
/// <param name="Posts">The posts, newest first, hidden ones among them.</param>
public readonly record struct PagePosts(PageHead Page, IReadOnlyList<Post> Posts);

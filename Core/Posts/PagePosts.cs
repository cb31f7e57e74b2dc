namespace LiveStreams.Core.Posts;

/// <summary>A page's posts at one moment.</summary>
/// <param name="Page">What the page keeps at that moment. Its head is the position of the posts.</param>
/// <param name="Posts">The posts, newest first, including hidden ones.</param>
public readonly record struct PagePosts(PageHead Page, IReadOnlyList<Post> Posts);

namespace LiveStreams.Core.Posts;

/// <summary>
/// What one update does to a page's posts: it renders some (a new one, or one in the place of what it was) and removes some. No id twice.
/// </summary>
/// <param name="Renders">New and changed posts. Of the new ones each goes before all posts there are, so the last of them is the page's first.</param>
/// <param name="Removals">The ids of posts that go, if they are there.</param>
public sealed record PostChanges(IReadOnlyList<Post> Renders, IReadOnlyList<string> Removals)
{
    /// <summary>The bytes of the posts' contents.</summary>
    public long Bytes => Renders.Sum(post => (long)post.Content.Length);
}

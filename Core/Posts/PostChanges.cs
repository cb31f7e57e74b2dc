namespace LiveStreams.Core.Posts;

/// <summary>
/// The changes of one update to a page's posts: it renders some, new or changed, and removes some. No id is in it
/// twice.
/// </summary>
/// <param name="Renders">
/// New and changed posts. A changed post keeps its place. Each new one is put before all others, so the last of them
/// becomes the page's first.
/// </param>
/// <param name="Removals">The ids of the posts to remove. An id that the page does not have is ignored.</param>
public sealed record PostChanges(IReadOnlyList<Post> Renders, IReadOnlyList<string> Removals)
{
    /// <summary>The size of the contents of <see cref="Renders"/>, in bytes.</summary>
    public long Bytes => Renders.Sum(post => (long)post.Content.Length);
}

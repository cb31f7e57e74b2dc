namespace LiveStreams.Core.Posts;

/// <summary>
/// A page's posts in their order. A changed post keeps its place; a new one is put before all others.
/// </summary>
public sealed class PostList
{
    private readonly Dictionary<string, (long Place, Post Post)> _posts = [];
    private long _lastPlace;

    /// <summary>
    /// Adds a post that the page already has. Posts are ordered by place: the greatest is the newest.
    /// </summary>
    public void Add(long place, Post post)
    {
        _posts.Add(post.Id, (place, post));
        _lastPlace = Math.Max(_lastPlace, place);
    }

    public void Apply(PostChanges changes)
    {
        foreach (var post in changes.Renders)
        {
            var place = _posts.TryGetValue(post.Id, out var before) ? before.Place : ++_lastPlace;
            _posts[post.Id] = (place, post);
        }

        foreach (var id in changes.Removals)
        {
            _posts.Remove(id);
        }
    }

    public void Clear() => _posts.Clear();

    public IReadOnlyList<Post> NewestFirst() =>
        [.. _posts.Values.OrderByDescending(entry => entry.Place).Select(entry => entry.Post)];
}

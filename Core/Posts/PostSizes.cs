namespace LiveStreams.Core.Posts;

/// <summary>
/// The size of each of a page's posts, which is needed to apply the limits of <see cref="PostOptions"/>.
/// </summary>
public sealed class PostSizes
{
    private readonly Dictionary<string, int> _sizes = [];
    private long _bytes;

    /// <summary>The number of posts.</summary>
    public int Count => _sizes.Count;

    /// <summary>Adds a post that the page already has.</summary>
    public void Add(string id, int bytes)
    {
        _sizes.Add(id, bytes);
        _bytes += bytes;
    }

    /// <summary>
    /// Applies the changes. Returns false and applies nothing if they would exceed a limit. Changes that do not
    /// increase the number of posts, or their total size, never exceed that limit, even when the page is already over
    /// it because the limit was lowered.
    /// </summary>
    public bool TryApply(PostChanges changes, PostOptions limits)
    {
        var (addedPosts, addedBytes) = (0, 0L);
        foreach (var post in changes.Renders)
        {
            addedPosts += _sizes.TryGetValue(post.Id, out var before) ? 0 : 1;
            addedBytes += post.Content.Length - before;
        }

        foreach (var id in changes.Removals)
        {
            addedPosts -= _sizes.TryGetValue(id, out var before) ? 1 : 0;
            addedBytes -= before;
        }

        if ((addedPosts > 0 && _sizes.Count + addedPosts > limits.MaxPosts)
            || (addedBytes > 0 && _bytes + addedBytes > limits.MaxPageBytes))
        {
            return false;
        }

        Apply(changes);
        _bytes += addedBytes;
        return true;
    }

    public void Clear()
    {
        _sizes.Clear();
        _bytes = 0;
    }

    private void Apply(PostChanges changes)
    {
        foreach (var post in changes.Renders)
        {
            _sizes[post.Id] = post.Content.Length;
        }

        foreach (var id in changes.Removals)
        {
            _sizes.Remove(id);
        }
    }
}

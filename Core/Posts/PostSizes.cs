namespace LiveStreams.Core.Posts;

/// <summary>How large each of a page's posts is: what must be known to keep the page within <see cref="PostOptions"/>.</summary>
public sealed class PostSizes
{
    private readonly Dictionary<string, int> _sizes = [];
    private long _bytes;

    /// <summary>How many posts.</summary>
    public int Count => _sizes.Count;

    /// <summary>Takes note of a post that is there.</summary>
    public void Add(string id, int bytes)
    {
        _sizes.Add(id, bytes);
        _bytes += bytes;
    }

    /// <summary>
    /// Makes the changes; false, and nothing is changed, when they would take the page over a bound, or farther over it: what makes it smaller is always
    /// taken, also when the bound has been lowered since.
    /// </summary>
    public bool TryApply(PostChanges changes, PostOptions limits)
    {
        var (grown, grownBytes) = (0, 0L);
        foreach (var post in changes.Renders)
        {
            grown += _sizes.TryGetValue(post.Id, out var before) ? 0 : 1;
            grownBytes += post.Content.Length - before;
        }

        foreach (var id in changes.Removals)
        {
            grown -= _sizes.TryGetValue(id, out var before) ? 1 : 0;
            grownBytes -= before;
        }

        if ((grown > 0 && _sizes.Count + grown > limits.MaxPosts) || (grownBytes > 0 && _bytes + grownBytes > limits.MaxPageBytes))
        {
            return false;
        }

        Apply(changes);
        _bytes += grownBytes;
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

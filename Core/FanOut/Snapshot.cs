using LiveStreams.Core.Posts;
using LiveStreams.Core.Unsent;

namespace LiveStreams.Core.FanOut;

/// <summary>
/// One version of a page's posts, encoded once and shared by all readers that it is sent to: by streams as a
/// <c>snapshot</c> event, by others as JSON.
/// </summary>
public sealed class Snapshot
{
    internal Snapshot(PagePosts posts, long readAt)
    {
        Page = posts.Page;
        ReadAt = readAt;
        var json = PostsJson.Snapshot(posts);
        Event = Frame.CreateSnapshot(Page.Head, json.Span);
        Json = Event.GetDataEnd(json.Length);
    }

    /// <summary>What the page keeps. Its head is the position of the posts, from which a stream continues.</summary>
    public PageHead Page { get; }

    /// <summary>The posts as JSON (<see cref="PostsJson"/>).</summary>
    public ReadOnlyMemory<byte> Json { get; }

    /// <summary>What the posts are charged for while readers take them; null if they are small.</summary>
    public SharedCharge? Charge => Event.Charge;

    /// <summary>The posts as an event.</summary>
    internal Frame Event { get; }

    /// <summary>The timestamp of the read.</summary>
    internal long ReadAt { get; }

    /// <summary>The readers that hold it. Guarded by the <see cref="SnapshotRegistry"/>.</summary>
    internal HashSet<SnapshotLease> Holders { get; } = [];
}

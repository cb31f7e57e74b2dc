using LiveStreams.Core.Posts;
using LiveStreams.Core.Unsent;

namespace LiveStreams.Core.FanOut;

/// <summary>
/// One version of a page's posts, shared by all readers that it is sent to: by streams as a <c>snapshot</c> event, by
/// others as JSON. It is encoded once, for the first reader that is sent it.
/// </summary>
public sealed class Snapshot
{
    private readonly Lazy<(Frame Event, int JsonLength)> _encoded;

    internal Snapshot(PagePosts posts, long readAt)
    {
        Page = posts.Page;
        ReadAt = readAt;
        _encoded = new Lazy<(Frame Event, int JsonLength)>(() => Encode(posts));
    }

    /// <summary>What the page keeps. Its head is the position of the posts, from which a stream continues.</summary>
    public PageHead Page { get; }

    /// <summary>The posts as JSON (<see cref="PostsJson"/>).</summary>
    public ReadOnlyMemory<byte> Json => Event.GetDataEnd(_encoded.Value.JsonLength);

    /// <summary>What the posts are charged for while readers take them; null if they are small.</summary>
    public SharedCharge? Charge => Event.Charge;

    /// <summary>The posts as an event.</summary>
    internal Frame Event => _encoded.Value.Event;

    /// <summary>The timestamp of the read.</summary>
    internal long ReadAt { get; }

    /// <summary>The readers that hold it. Guarded by the <see cref="SnapshotRegistry"/>.</summary>
    internal HashSet<SnapshotLease> Holders { get; } = [];

    private static (Frame Event, int JsonLength) Encode(PagePosts posts)
    {
        var json = PostsJson.Snapshot(posts);
        return (Frame.CreateSnapshot(posts.Page.Head, json.Span), json.Length);
    }
}

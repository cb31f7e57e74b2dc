using LiveStreams.Core.Posts;

namespace LiveStreams.Core.FanOut;

/// <summary>A page's posts as the event that shows them, encoded once and shared by every subscriber that is sent it.</summary>
public sealed class Snapshot
{
    private readonly byte[] _bytes;

    private Snapshot(PageHead page, byte[] bytes) => (Page, _bytes) = (page, bytes);

    /// <summary>What the page keeps; its head is the position at which the posts stand, and from which a stream goes on.</summary>
    public PageHead Page { get; }

    internal ReadOnlyMemory<byte> Bytes => _bytes;

    internal static Snapshot Of(PagePosts posts) => new(posts.Page, EventEncoder.Snapshot(posts));
}

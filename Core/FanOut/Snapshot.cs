using LiveStreams.Core.Posts;
using LiveStreams.Core.Unsent;

namespace LiveStreams.Core.FanOut;

/// <summary>
/// One version of a page's posts, shared by all readers that it is sent to: by streams as a <c>snapshot</c> event, by
/// others as JSON. It is encoded once, for the first reader that is sent it.
/// </summary>
public sealed class Snapshot
{
    /// <summary>
    /// One encoding at a time in the process, because until it is done it takes several times the memory of the posts.
    /// </summary>
    private static readonly SemaphoreSlim _encoding = new(1);

    private PagePosts? _posts;
    private volatile Frame? _event;
    private int _jsonLength;

    internal Snapshot(PagePosts posts, long readAt) => (_posts, Page, ReadAt) = (posts, posts.Page, readAt);

    /// <summary>What the page keeps. Its head is the position of the posts, from which a stream continues.</summary>
    public PageHead Page { get; }

    /// <summary>The posts as JSON (<see cref="PostsJson"/>).</summary>
    public ReadOnlyMemory<byte> Json => Event.GetDataEnd(_jsonLength);

    /// <summary>What the posts are charged for while readers take them; null if they are small.</summary>
    public SharedCharge? Charge => Event.Charge;

    /// <summary>The posts as an event.</summary>
    internal Frame Event =>
        _event ?? throw new InvalidOperationException($"{nameof(EncodeAsync)} must have completed.");

    /// <summary>The timestamp of the read.</summary>
    internal long ReadAt { get; }

    /// <summary>The readers that hold it. Guarded by the <see cref="SnapshotRegistry"/>.</summary>
    internal HashSet<SnapshotLease> Holders { get; } = [];

    /// <summary>Encodes the posts, unless that has been done. A reader calls it before it is sent them.</summary>
    public ValueTask EncodeAsync(CancellationToken cancellationToken) =>
        _event is null ? EncodeInTurnAsync(envelopeOf: null, cancellationToken) : ValueTask.CompletedTask;

    /// <summary>Encodes the posts for streams of several pages, unless that has been done.</summary>
    internal ValueTask EncodeEnvelopeAsync(PageId page, CancellationToken cancellationToken) =>
        _event is { HasEnvelope: true } ? ValueTask.CompletedTask : EncodeInTurnAsync(page, cancellationToken);

    private async ValueTask EncodeInTurnAsync(PageId? envelopeOf, CancellationToken cancellationToken)
    {
        await _encoding.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_posts is { } posts)
            {
                var json = PostsJsonWriter.Snapshot(posts);
                _jsonLength = json.Length;
                _event = Frame.CreateSnapshot(Page.Head, json.Span);
                _posts = null;
            }

            if (envelopeOf is { } page)
            {
                Event.GetEnvelope(page);
            }
        }
        finally
        {
            _encoding.Release();
        }
    }
}

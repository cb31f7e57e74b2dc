namespace LiveStreams.Core.FanOut;

/// <summary>How a stream writes what happens in its pages, and its position.</summary>
internal abstract class StreamFormat
{
    /// <summary>Whether the stream ends when a page of it is deleted.</summary>
    public abstract bool EndsWithPage { get; }

    /// <summary>The position of the stream, as clients send it to resume; null if it has none yet.</summary>
    public abstract string? GetPosition();

    /// <summary>
    /// Sets the moment, in Unix seconds, of which the client knows all updates from before, in the pages that are
    /// followed by patterns.
    /// </summary>
    public abstract void SetMoment(long unixSeconds);

    /// <summary>Writes an update. The cursor's position is after it, unless it is live only.</summary>
    public abstract void WriteUpdate(EventStreamBody body, PageCursor cursor, Frame frame);

    /// <summary>
    /// An update was not written, because it does not pass the filter. The cursor's position is after it, and so is the
    /// position of the next event, of whatever page.
    /// </summary>
    public abstract void OnFiltered(PageCursor cursor);

    /// <summary>Encodes a page's posts, before <see cref="WriteSnapshot"/>.</summary>
    public abstract ValueTask EncodeAsync(Snapshot snapshot, PageId page, CancellationToken cancellationToken);

    /// <summary>Writes a page's posts. The cursor's position is theirs.</summary>
    public abstract void WriteSnapshot(EventStreamBody body, PageCursor cursor, Snapshot snapshot);

    /// <summary>
    /// Says that updates are lost. The cursor's position is after them; unless a snapshot follows, the client's then
    /// is, too.
    /// </summary>
    public abstract void WriteReset(EventStreamBody body, PageCursor cursor, PageReset reset, bool snapshotFollows);

    /// <summary>Says that the page has been deleted. The cursor's position is the end's.</summary>
    public abstract void WriteEnd(EventStreamBody body, PageCursor cursor);
}

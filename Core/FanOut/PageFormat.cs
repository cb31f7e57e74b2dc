namespace LiveStreams.Core.FanOut;

/// <summary>The stream of one page: its events as they are.</summary>
internal sealed class PageFormat(PageCursor page) : StreamFormat
{
    public override bool EndsWithPage => true;

    public override string? GetPosition() => page.Position?.ToString();

    public override void SetMoment(long unixSeconds) =>
        throw new NotSupportedException("The stream of one page has no patterns.");

    public override void WriteUpdate(EventStreamBody body, PageCursor cursor, Frame frame) => body.Write(frame);

    public override void OnFiltered(PageCursor cursor)
    {
        // The next event that has an id has a later one.
    }

    public override ValueTask EncodeAsync(Snapshot snapshot, PageId page, CancellationToken cancellationToken) =>
        snapshot.EncodeAsync(cancellationToken);

    public override void WriteSnapshot(EventStreamBody body, PageCursor cursor, Snapshot snapshot) =>
        body.Write(snapshot.Event);

    public override void WriteReset(
        EventStreamBody body, PageCursor cursor, PageReset reset, bool snapshotFollows) =>
        body.Write(EventEncoder.Reset(reset, snapshotFollows));

    public override void WriteEnd(EventStreamBody body, PageCursor cursor) =>
        body.Write(EventEncoder.End(cursor.Position.GetValueOrDefault()));
}

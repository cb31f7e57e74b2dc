namespace LiveStreams.Core.FanOut;

/// <summary>
/// The stream of several pages: each event in an <see cref="Envelope"/>, which is shared with other streams, after an
/// <c>id:</c> that is this stream's position in all of its pages (<see cref="PagePositions"/>).
/// </summary>
/// <param name="pages">The pages that the client has named.</param>
/// <param name="hasTime">Whether others are followed by patterns.</param>
internal sealed class EnvelopeFormat(IReadOnlyList<PageCursor> pages, bool hasTime) : StreamFormat
{
    private readonly PositionLine _line = new(pages.Count, hasTime);

    public override bool EndsWithPage => false;

    public override string? GetPosition()
    {
        // A client must not resume after updates that it does not know to be lost.
        foreach (var page in pages.Where(page => !page.HasReset))
        {
            Record(page);
        }

        return _line.IsEmpty ? null : _line.Text;
    }

    public override void SetMoment(long unixSeconds) => _line.SetTime(unixSeconds);

    public override void WriteUpdate(EventStreamBody body, PageCursor cursor, Frame frame)
    {
        if (!frame.Id.IsNone)
        {
            WriteId(body, cursor);
        }

        body.Write(frame.GetEnvelope(cursor.Page));
    }

    public override void OnFiltered(PageCursor cursor) => Record(cursor);

    public override ValueTask EncodeAsync(Snapshot snapshot, PageId page, CancellationToken cancellationToken) =>
        snapshot.EncodeEnvelopeAsync(page, cancellationToken);

    public override void WriteSnapshot(EventStreamBody body, PageCursor cursor, Snapshot snapshot)
    {
        WriteId(body, cursor);
        body.Write(snapshot.Event.GetEnvelope(cursor.Page));
    }

    public override void WriteReset(
        EventStreamBody body, PageCursor cursor, PageReset reset, bool snapshotFollows)
    {
        if (!snapshotFollows)
        {
            WriteId(body, cursor);
        }

        UpdateId? id = snapshotFollows ? null : reset.From;
        body.Write(Envelope.Encode(cursor.Page, id, EventName.Reset, EventEncoder.ResetData(reset)));
    }

    public override void WriteEnd(EventStreamBody body, PageCursor cursor)
    {
        WriteId(body, cursor);
        body.Write(Envelope.Encode(cursor.Page, cursor.Position, EventName.End, EventName.EndData.Span));
    }

    private void WriteId(EventStreamBody body, PageCursor cursor)
    {
        Record(cursor);
        if (!_line.IsEmpty)
        {
            body.Write(_line.Bytes);
        }
    }

    private void Record(PageCursor page)
    {
        if (page.StreamIndex < pages.Count && page.Position is { } position)
        {
            _line.Set(page.StreamIndex, page.PageTag, position);
        }
    }
}

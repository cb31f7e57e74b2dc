namespace LiveStreams.Core.FanOut;

/// <summary>
/// One event as it goes over the wire, encoded once and shared by every subscriber that is sent it: as it is, and as the chunk of a chunked body.
/// </summary>
public sealed class Frame
{
    private readonly byte[] _chunk;

    private Frame(Update update)
    {
        Id = update.Id;
        var text = new EventText(update.IsLiveOnly ? null : update.Id, update.Event, update.Data.Span);
        Length = text.Length;
        _chunk = HttpChunk.For(Length, out var bytes);
        text.Write(bytes);
    }

    /// <summary>The update's id; <see cref="UpdateId.None"/> for a live-only update.</summary>
    public UpdateId Id { get; }

    /// <summary>How many bytes the event has.</summary>
    public int Length { get; }

    /// <summary>Whether the stream ends with it: the page has been deleted.</summary>
    public bool IsEnd { get; private init; }

    public ReadOnlySpan<byte> Bytes => HttpChunk.DataOf(_chunk, Length);

    internal ReadOnlySpan<byte> Chunk => _chunk;

    /// <summary>Where the frame stands in its <see cref="FrameRing"/>.</summary>
    internal long Index { get; set; }

    /// <summary>The page's head once this frame is out: its own id, or, for a live-only update, the id before it.</summary>
    internal UpdateId Position { get; private init; }

    public static Frame Of(Update update, UpdateId head) =>
        new(update)
        {
            Position = update.IsLiveOnly ? head : update.Id,
            IsEnd = update.Event == EventName.End,
        };
}

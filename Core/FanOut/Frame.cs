namespace LiveStreams.Core.FanOut;

/// <summary>
/// One event as bytes, encoded once and shared by all subscribers that it is sent to: as plain bytes, and as the
/// chunk of a chunked body.
/// </summary>
public sealed class Frame
{
    private readonly byte[] _chunk;

    private Frame(Update update)
    {
        Id = update.Id;
        var text = new EventText(update.IsLiveOnly ? null : update.Id, update.Event, update.Data.Span);
        Length = text.Length;
        _chunk = HttpChunk.Create(Length, out var data);
        text.Write(data);
    }

    /// <summary>The update's id; <see cref="UpdateId.None"/> for a live-only update.</summary>
    public UpdateId Id { get; }

    /// <summary>The length of the event in bytes, without the framing of the chunk.</summary>
    public int Length { get; }

    /// <summary>Whether the stream ends with this frame, because the page has been deleted.</summary>
    public bool IsEnd { get; private init; }

    public ReadOnlySpan<byte> Bytes => HttpChunk.GetData(_chunk, Length);

    internal ReadOnlySpan<byte> Chunk => _chunk;

    /// <summary>The frame's index in its <see cref="FrameRing"/>.</summary>
    internal long Index { get; set; }

    /// <summary>The page's head after this frame: its own id, or, for a live-only update, the id before it.</summary>
    internal UpdateId Position { get; private init; }

    /// <summary>Encodes an update.</summary>
    /// <param name="update">The update.</param>
    /// <param name="head">The page's head before the update. Only used for a live-only update.</param>
    public static Frame Create(Update update, UpdateId head) =>
        new(update)
        {
            Position = update.IsLiveOnly ? head : update.Id,
            IsEnd = update.Event == EventName.End,
        };
}

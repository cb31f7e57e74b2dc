using LiveStreams.Core.Posts;
using LiveStreams.Core.Unsent;

namespace LiveStreams.Core.FanOut;

/// <summary>
/// One event as bytes, encoded once and shared by all subscribers that it is sent to: as plain bytes, and as the
/// chunk of a chunked body.
/// </summary>
public sealed class Frame
{
    /// <summary>A larger frame is large: it is sent from the frame itself, and not copied for a subscriber.</summary>
    internal const int MaxCopiedBytes = 32 * 1024;

    private readonly byte[] _chunk;

    private Frame(UpdateId id, EventText text)
    {
        Id = id;
        Length = text.Length;
        _chunk = HttpChunk.Create(Length, out var data);
        text.Write(data);
        Charge = Length > MaxCopiedBytes ? new SharedCharge(_chunk.Length) : null;
    }

    /// <summary>The update's id; <see cref="UpdateId.None"/> for a live-only update.</summary>
    public UpdateId Id { get; }

    /// <summary>The length of the event in bytes, without the framing of the chunk.</summary>
    public int Length { get; }

    /// <summary>Whether the stream ends with this frame, because the page has been deleted.</summary>
    public bool IsEnd { get; private init; }

    public ReadOnlySpan<byte> Bytes => HttpChunk.GetData(_chunk, Length);

    internal ReadOnlySpan<byte> Chunk => _chunk;

    /// <summary>What a large frame is charged for while subscribers take it; null if the frame is not large.</summary>
    internal SharedCharge? Charge { get; }

    /// <summary>The frame's index in its <see cref="FrameRing"/>.</summary>
    internal long Index { get; set; }

    /// <summary>The page's head after this frame: its own id, or, for a live-only update, the id before it.</summary>
    internal UpdateId Position { get; private init; }

    /// <summary>Encodes an update.</summary>
    /// <param name="update">The update.</param>
    /// <param name="head">The page's head before the update. Only used for a live-only update.</param>
    public static Frame Create(Update update, UpdateId head) =>
        new(update.Id, new EventText(update.IsLiveOnly ? null : update.Id, update.Event, update.Data.Span))
        {
            Position = update.IsLiveOnly ? head : update.Id,
            IsEnd = update.Event == EventName.End,
        };

    /// <summary>Encodes a page's posts, with the position they belong to.</summary>
    /// <param name="head">The position.</param>
    /// <param name="json">The posts, as one line of JSON (<see cref="PostsJsonWriter.Snapshot"/>).</param>
    internal static Frame CreateSnapshot(UpdateId head, ReadOnlySpan<byte> json) =>
        new(head, new EventText(head, EventName.Snapshot, json)) { Position = head };

    /// <summary>The last bytes of the data, which must be one line.</summary>
    internal ReadOnlyMemory<byte> GetDataEnd(int length) =>
        _chunk.AsMemory(_chunk.Length - HttpChunk.LineEndLength - EventText.EndLength - length, length);
}

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
    private Frame? _envelope;

    private Frame(UpdateId id, string? eventName, EventText text, int heldBytes = 0)
    {
        Id = id;
        EventName = eventName;
        Length = text.Length;
        _chunk = HttpChunk.Create(Length, out var data);
        text.Write(data);
        Charge = Length > MaxCopiedBytes ? new SharedCharge(_chunk.Length + heldBytes) : null;
    }

    /// <summary>The update's id; <see cref="UpdateId.None"/> for a live-only update.</summary>
    public UpdateId Id { get; }

    /// <summary>The update's event name, or null.</summary>
    public string? EventName { get; }

    /// <summary>The length of the event in bytes, without the framing of the chunk.</summary>
    public int Length { get; }

    /// <summary>Whether the event sets the client's position, which may be 0.</summary>
    private bool HasId { get; init; }

    /// <summary>Whether the stream ends with this frame, because the page has been deleted.</summary>
    public bool IsEnd { get; private init; }

    public ReadOnlySpan<byte> Bytes => HttpChunk.GetData(_chunk, Length);

    internal ReadOnlySpan<byte> Chunk => _chunk;

    /// <summary>What a large frame is charged for while subscribers take it; null if the frame is not large.</summary>
    internal SharedCharge? Charge { get; }

    /// <summary>Whether <see cref="GetEnvelope"/> has been called.</summary>
    internal bool HasEnvelope => Volatile.Read(ref _envelope) is not null;

    /// <summary>The frame's index in its <see cref="FrameRing"/>.</summary>
    internal long Index { get; set; }

    /// <summary>The page's head after this frame: its own id, or, for a live-only update, the id before it.</summary>
    internal UpdateId Position { get; private init; }

    /// <summary>Encodes an update.</summary>
    /// <param name="update">The update.</param>
    /// <param name="head">The page's head before the update. Only used for a live-only update.</param>
    public static Frame Create(Update update, UpdateId head) =>
        new(
            update.Id,
            update.Event,
            new EventText(update.IsLiveOnly ? null : update.Id, update.Event, update.Data.Span))
        {
            Position = update.IsLiveOnly ? head : update.Id,
            HasId = !update.IsLiveOnly,
            IsEnd = update.Event == Core.EventName.End,
        };

    /// <summary>Encodes a page's posts, with the position they belong to.</summary>
    /// <param name="head">The position.</param>
    /// <param name="json">The posts, as one line of JSON (<see cref="PostsJsonWriter.Snapshot"/>).</param>
    internal static Frame CreateSnapshot(UpdateId head, ReadOnlySpan<byte> json) =>
        new(head, Core.EventName.Snapshot, new EventText(head, Core.EventName.Snapshot, json))
        {
            Position = head,
            HasId = true,
        };

    /// <summary>
    /// The event as it is in streams of several pages (<see cref="Envelope"/>). It is encoded for the first of them and
    /// kept with the frame. A large one is charged for both.
    /// </summary>
    internal Frame GetEnvelope(PageId page)
    {
        if (Volatile.Read(ref _envelope) is { } known)
        {
            return known;
        }

        UpdateId? id = HasId ? Id : null;
        var json = Envelope.EncodeJson(page, id, EventName, EventText.ReadData(Bytes));
        var text = new EventText(position: null, EventName, json);
        var envelope = new Frame(Id, EventName, text, heldBytes: _chunk.Length);
        return Interlocked.CompareExchange(ref _envelope, envelope, null) ?? envelope;
    }

    /// <summary>The last bytes of the data, which must be one line.</summary>
    internal ReadOnlyMemory<byte> GetDataEnd(int length) =>
        _chunk.AsMemory(_chunk.Length - HttpChunk.LineEndLength - EventText.EndLength - length, length);
}

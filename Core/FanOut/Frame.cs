namespace LiveStreams.Core.FanOut;

/// <summary>
/// One event as it goes over the wire, encoded once and shared by every subscriber that is sent it.
/// </summary>
public sealed class Frame
{
    private readonly byte[] _bytes;

    private Frame(UpdateId id, byte[] bytes)
    {
        Id = id;
        _bytes = bytes;
    }

    /// <summary>The update's id; <see cref="UpdateId.None"/> for a live-only update.</summary>
    public UpdateId Id { get; }

    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Where the frame stands in its <see cref="FrameRing"/>.</summary>
    internal long Index { get; set; }

    /// <summary>The page's head once this frame is out: its own id, or, for a live-only update, the id before it.</summary>
    internal UpdateId Position { get; private init; }

    public static Frame Of(Update update, UpdateId head) =>
        new(update.Id, EventEncoder.Encode(update.Id, update.Event, update.Data.Span)) { Position = update.IsLiveOnly ? head : update.Id };
}

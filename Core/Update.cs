namespace LiveStreams.Core;

/// <summary>One published thing, as stored and as announced.</summary>
/// <param name="Id">Its id; <see cref="UpdateId.None"/> for a live-only update, which has no place in history.</param>
/// <param name="Event">The event name, or null for the default, <c>message</c>.</param>
/// <param name="Data">UTF-8 text. Shared, so never written to after construction.</param>
/// <param name="Time">When the store took it, never earlier than the update before it; in an announcement perhaps when it was heard.</param>
public sealed record Update(UpdateId Id, string? Event, ReadOnlyMemory<byte> Data, DateTimeOffset Time)
{
    public bool IsLiveOnly => Id.IsNone;
}

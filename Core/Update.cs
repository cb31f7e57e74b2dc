namespace LiveStreams.Core;

/// <summary>One published update, as stored and as announced.</summary>
/// <param name="Id">The id; <see cref="UpdateId.None"/> for a live-only update, which is not kept in history.</param>
/// <param name="Event">The event name, or null for the default, <c>message</c>.</param>
/// <param name="Data">UTF-8 text. It is shared, so it must not be changed.</param>
/// <param name="Time">
/// When the store took the update; never earlier than the time of the update before it. In an announcement, it may be
/// the time of receipt instead.
/// </param>
public sealed record Update(UpdateId Id, string? Event, ReadOnlyMemory<byte> Data, DateTimeOffset Time)
{
    public bool IsLiveOnly => Id.IsNone;

    /// <summary>
    /// In an announcement: the span of the publish (<see cref="UpdateDraft.TraceParent"/>), if it is traced.
    /// </summary>
    public string? TraceParent { get; init; }
}

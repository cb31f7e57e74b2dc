using LiveStreams.Core;

namespace LiveStreams.Grains;

/// <summary>An <see cref="UpdateDraft"/> on its way to a grain. The ids are the wire format: new members get new ones.</summary>
[GenerateSerializer, Immutable, Alias("livestreams.draft")]
public sealed record DraftMessage([property: Id(0)] byte[] Data, [property: Id(1)] string? Event, [property: Id(2)] string? Key, [property: Id(3)] bool Keep)
{
    public static DraftMessage Of(UpdateDraft draft) => new(draft.Data.ToArray(), draft.Event, draft.Key, draft.Keep);

    public UpdateDraft ToDraft() => new() { Data = Data, Event = Event, Key = Key, Keep = Keep };
}

using LiveStreams.Core;

namespace LiveStreams.Grains;

/// <summary>A <see cref="PublishStatus"/> in a <see cref="PublishReply"/>. The numbers are the wire format.</summary>
[Alias("livestreams.publish-outcome")]
public enum PublishOutcome
{
    /// <summary>Published now, or before; then <see cref="PublishReply.Repeated"/> is true.</summary>
    Published = 0,

    StoreUnavailable = 1,

    Unknown = 2,

    PageBusy = 3,

    PostsFull = 4,

    Invalid = 5,

    KeyReused = 6,
}

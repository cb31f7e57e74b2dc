using LiveStreams.Core;

namespace LiveStreams.Api.Subscribe;

/// <summary>Where a stream really starts.</summary>
/// <param name="Position">From where on.</param>
/// <param name="Reset">Why that is not the position that the client holds, if so.</param>
internal readonly record struct StreamStart(StartPosition Position, ResetReason? Reset = null);

namespace LiveStreams.Core;

/// <summary>Where a stream starts.</summary>
/// <param name="Position">The position it starts after.</param>
/// <param name="HistoryRequested">
/// True when the reader holds no position and wished to see history: if a part of that is trimmed before it could be sent, the
/// stream goes on with what is left, not with what comes next.
/// </param>
/// <param name="WantsSnapshots">True when the reader wishes to be shown the page's posts after every reset.</param>
public readonly record struct StartPosition(UpdateId Position, bool HistoryRequested, bool WantsSnapshots = false);

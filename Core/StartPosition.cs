namespace LiveStreams.Core;

/// <summary>Where a stream starts.</summary>
/// <param name="Position">The stream starts with the update after this position.</param>
/// <param name="HistoryRequested">
/// True when the client holds a position or requested history. If some of it is trimmed before it is sent, the stream
/// continues with the history that is left, not with live updates.
/// </param>
/// <param name="WantsSnapshots">True when the client wants the page's posts after every reset.</param>
public readonly record struct StartPosition(UpdateId Position, bool HistoryRequested, bool WantsSnapshots = false);

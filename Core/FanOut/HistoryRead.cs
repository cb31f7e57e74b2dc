namespace LiveStreams.Core.FanOut;

/// <summary>One reading of history.</summary>
/// <param name="Block">What was read.</param>
/// <param name="Frames">Its updates, encoded.</param>
/// <param name="RingNext">The end of the page's ring when the reading began: what the log did not have then comes to the ring from there on.</param>
internal sealed record HistoryRead(HistoryBlock Block, Frame[] Frames, long RingNext);

namespace LiveStreams.Core;

/// <summary>How much of one page is kept: at most so many updates, none older than so long.</summary>
public readonly record struct HistoryLimits(int MaxUpdates, TimeSpan MaxAge);

namespace LiveStreams.Core;

/// <summary>How many event streams a page has on one node.</summary>
public readonly record struct PageCount(PageId Page, int Subscribers);

namespace LiveStreams.Core;

/// <summary>A page has <see cref="Page.MaxWaiting"/> publishes or <see cref="Page.MaxWaitingBytes"/> bytes in line; this one was not taken.</summary>
public sealed class PageBusyException(PageId page) : Exception($"Too many updates wait to be published on page '{page}'.");

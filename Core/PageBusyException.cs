namespace LiveStreams.Core;

/// <summary>A page has <see cref="PageWriter.MaxWaiting"/> publishes or <see cref="PageWriter.MaxWaitingBytes"/> bytes in line; this one was not taken.</summary>
public sealed class PageBusyException(PageId page) : Exception($"Too many updates wait to be published on page '{page}'.");

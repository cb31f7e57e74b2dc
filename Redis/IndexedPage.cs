using LiveStreams.Core;

namespace LiveStreams.Redis;

/// <summary>A page to write to the index.</summary>
/// <param name="Page">The page.</param>
/// <param name="Begins">Whether it is reported as born even if the index has it already.</param>
internal readonly record struct IndexedPage(PageId Page, bool Begins);

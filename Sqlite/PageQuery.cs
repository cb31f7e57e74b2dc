using LiveStreams.Core;

namespace LiveStreams.Sqlite;

/// <summary>What a read of a page needs, whatever it reads.</summary>
/// <param name="Page">The page.</param>
/// <param name="Pending">
/// The page's pending updates, taken before the file is read: they begin no later than right after the last update in
/// the file.
/// </param>
/// <param name="Limits">The limits of the page's history.</param>
/// <param name="Now">The current time, for the age of updates.</param>
internal readonly record struct PageQuery(
    PageId Page,
    ReadOnlyMemory<PendingUpdate> Pending,
    HistoryLimits Limits,
    DateTimeOffset Now);

namespace LiveStreams.Core.Listing;

/// <summary>Pages that began after a cursor.</summary>
/// <param name="Pages">
/// Their names, oldest first. If there are <see cref="IPageIndex.MaxPages"/>, there may be more.
/// </param>
/// <param name="Cursor">The cursor after them: text of the engine, at most 50 ASCII characters.</param>
/// <param name="IsGap">
/// True if the cursor was too old, or of another store: the pages since then are not known. <paramref name="Pages"/> is
/// empty, and <paramref name="Cursor"/> is the one for now.
/// </param>
public readonly record struct BornPages(IReadOnlyList<PageId> Pages, string Cursor, bool IsGap = false);

using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using LiveStreams.Core;

namespace LiveStreams.Sqlite;

/// <summary>
/// What is committed to the journal and not yet folded into the tables, by page and in memory. A reader takes a page's
/// updates from here first and reads the tables second. If they are folded in between, it finds them twice, but never
/// misses one.
/// </summary>
internal sealed class PendingPages
{
    private readonly ConcurrentDictionary<PageId, PendingPage> _pages = new();

    public ICollection<PendingPage> All => _pages.Values;

    /// <summary>A page's updates, oldest first.</summary>
    public ReadOnlyMemory<PendingUpdate> UpdatesOf(PageId page) =>
        TryFind(page, out var found) ? found.Updates : default;

    public bool TryFind(PageId page, [NotNullWhen(true)] out PendingPage? found) => _pages.TryGetValue(page, out found);

    public bool Contains(PendingPage page) => TryFind(page.Id, out var found) && found == page;

    /// <summary>
    /// Adds what has been committed. The entries of one append stand together: a reader sees all of them or none.
    /// </summary>
    public void Add(IReadOnlyList<JournalEntry> entries)
    {
        PageState? state = null;
        PendingPage? page = null;
        foreach (var entry in entries)
        {
            if (entry.Page != state)
            {
                page?.MakeVisible();
                state = entry.Page;
                page = _pages.GetOrAdd(state.Id, static (_, state) => new PendingPage(state), state);
            }

            page!.Add(entry);
        }

        page?.MakeVisible();
    }

    /// <summary>Removes a page after the commit that folded it.</summary>
    public void Remove(PendingPage page) => _pages.TryRemove(page.Id, out _);
}

using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using LiveStreams.Core;

namespace LiveStreams.Sqlite;

/// <summary>
/// What is committed in the journal and not yet in history, by page. A reader takes a page's updates from here first and reads the
/// database second: what a fold has moved in between it then finds twice, and never not at all.
/// </summary>
internal sealed class Pending
{
    private readonly ConcurrentDictionary<PageId, PendingPage> _pages = new();

    public ICollection<PendingPage> Pages => _pages.Values;

    /// <summary>A page's updates, oldest first.</summary>
    public ReadOnlyMemory<PendingUpdate> UpdatesOf(PageId page) => TryFind(page, out var found) ? found.Updates : default;

    public bool TryFind(PageId page, [NotNullWhen(true)] out PendingPage? found) => _pages.TryGetValue(page, out found);

    /// <summary>Whether this is still what is pending of its page.</summary>
    public bool Holds(PendingPage page) => TryFind(page.Id, out var found) && found == page;

    /// <summary>Adds what has been committed. The entries of one append stand together; a reader sees all of them or none.</summary>
    public void Add(IReadOnlyList<JournalEntry> entries)
    {
        PageState? state = null;
        PendingPage? page = null;
        foreach (var entry in entries)
        {
            if (entry.Page != state)
            {
                page?.Show();
                state = entry.Page;
                page = _pages.GetOrAdd(state.Id, static (_, state) => new PendingPage(state), state);
            }

            page!.Add(entry);
        }

        page?.Show();
    }

    /// <summary>Takes out a page that has been moved to history; for after the commit.</summary>
    public void Remove(PendingPage page) => _pages.TryRemove(page.Id, out _);
}

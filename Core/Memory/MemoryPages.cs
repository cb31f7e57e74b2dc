using System.Diagnostics.CodeAnalysis;

namespace LiveStreams.Core.Memory;

/// <summary>
/// The pages of <see cref="MemoryLog"/>. When there are too many, the page with the oldest last append is removed,
/// with its history and posts. Its next update starts a new epoch.
/// </summary>
internal sealed class MemoryPages(int maxPages)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<PageId, LinkedListNode<Entry>> _pages = [];
    private readonly LinkedList<Entry> _byLastAppend = new();

    public bool TryGet(PageId id, [NotNullWhen(true)] out MemoryPage? page)
    {
        lock (_gate)
        {
            page = _pages.TryGetValue(id, out var node) ? node.Value.Page : null;
            return page is not null;
        }
    }

    /// <summary>Gets or creates the page for an append.</summary>
    public MemoryPage GetOrAdd(PageId id, Func<PageId, MemoryPage> create)
    {
        lock (_gate)
        {
            if (_pages.TryGetValue(id, out var node))
            {
                _byLastAppend.Remove(node);
            }
            else
            {
                _pages[id] = node = new LinkedListNode<Entry>(new Entry(id, create(id)));
            }

            _byLastAppend.AddLast(node);
            if (_pages.Count > maxPages)
            {
                _pages.Remove(_byLastAppend.First!.Value.Id);
                _byLastAppend.RemoveFirst();
            }

            return node.Value.Page;
        }
    }

    private readonly record struct Entry(PageId Id, MemoryPage Page);
}

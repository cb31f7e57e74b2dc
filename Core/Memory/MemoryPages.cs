using System.Diagnostics.CodeAnalysis;
using LiveStreams.Core.Listing;

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
    private readonly SortedSet<string> _names = new(NameOrder.Instance);

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
                _names.Add(id.Value);
            }

            _byLastAppend.AddLast(node);
            if (_pages.Count > maxPages)
            {
                var oldest = _byLastAppend.First!.Value.Id;
                _pages.Remove(oldest);
                _names.Remove(oldest.Value);
                _byLastAppend.RemoveFirst();
            }

            return node.Value.Page;
        }
    }

    /// <summary>The first names of a range.</summary>
    public PageId[] List(NameRange range, int limit)
    {
        lock (_gate)
        {
            if (_names.Max is not { } last || NameOrder.Compare(range.From, last) > 0)
            {
                return [];
            }

            return
            [
                .. _names.GetViewBetween(range.From, last)
                    .TakeWhile(name => range.To is null || NameOrder.Compare(name, range.To) < 0)
                    .Take(limit)
                    .Select(PageId.Parse),
            ];
        }
    }

    private readonly record struct Entry(PageId Id, MemoryPage Page);
}

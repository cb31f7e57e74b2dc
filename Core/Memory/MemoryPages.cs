using System.Diagnostics.CodeAnalysis;

namespace LiveStreams.Core.Memory;

/// <summary>The pages of <see cref="MemoryLog"/>. At the bound the one that has not been published to for longest is forgotten, with its history and posts; its next update begins a new epoch.</summary>
internal sealed class MemoryPages(int bound)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<PageId, LinkedListNode<Entry>> _pages = [];
    private readonly LinkedList<Entry> _byLastAppend = new();

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _pages.Count;
            }
        }
    }

    /// <summary>For reading.</summary>
    public bool TryFind(PageId id, [NotNullWhen(true)] out MemoryPage? page)
    {
        lock (_gate)
        {
            page = _pages.TryGetValue(id, out var node) ? node.Value.Page : null;
            return page is not null;
        }
    }

    /// <summary>For appending.</summary>
    public MemoryPage Touch(PageId id, Func<PageId, MemoryPage> create)
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
            if (_pages.Count > bound)
            {
                _pages.Remove(_byLastAppend.First!.Value.Id);
                _byLastAppend.RemoveFirst();
            }

            return node.Value.Page;
        }
    }

    private readonly record struct Entry(PageId Id, MemoryPage Page);
}

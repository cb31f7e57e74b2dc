namespace LiveStreams.Core.FanOut;

/// <summary>Pages that were born and match a stream's patterns, until the stream takes them.</summary>
internal sealed class PageArrivals
{
    /// <summary>
    /// The most pages that wait. Half of them may be followed already and born again, so a stream that does not get the
    /// others has too many.
    /// </summary>
    private const int Capacity = 2 * PatternScope.MaxPages;

    private readonly Lock _gate = new();
    private HashSet<PageId> _pages = [];

    public bool Any
    {
        get
        {
            lock (_gate)
            {
                return _pages.Count > 0;
            }
        }
    }

    public void Add(PageId page)
    {
        lock (_gate)
        {
            if (_pages.Count < Capacity)
            {
                _pages.Add(page);
            }
        }
    }

    /// <summary>Takes all of them.</summary>
    public IReadOnlyCollection<PageId> Take()
    {
        lock (_gate)
        {
            var taken = _pages;
            _pages = [];
            return taken;
        }
    }
}

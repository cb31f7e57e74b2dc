namespace LiveStreams.Core.FanOut;

/// <summary>
/// What one stream that asks for it has been told of how many streams its pages have. It keeps the last number of each
/// page and no queue, so a slow reader receives only the newest.
/// </summary>
internal sealed class StreamPresence
{
    // In the order in which the stream joins its pages, which is that of its cursors.
    private readonly List<Told> _pages = [];

    /// <summary>Adds the page that the stream has joined. Its first number is the one that is found next.</summary>
    public void Join(PagePresence page)
    {
        _pages.Add(new Told(page));
        page.AddReader();
    }

    /// <summary>Removes the pages from an index on, which the stream leaves.</summary>
    public void RemoveFrom(int first) => _pages.RemoveRange(first, _pages.Count - first);

    /// <summary>Writes the changed numbers until a flush is due. Returns whether it has written any.</summary>
    public bool Write(SubscriberOutput output, StreamPages pages)
    {
        var hasWritten = false;
        for (var i = 0; i < _pages.Count && !output.IsFlushDue; i++)
        {
            if (_pages[i].TakeNew() is { } number)
            {
                pages.Format.WriteUpdate(output.Body, pages.Cursors[i], number.Frame);
                hasWritten = true;
            }
        }

        return hasWritten;
    }

    private sealed class Told(PagePresence page)
    {
        private PresenceEvent? _seen = page.Newest;
        private int? _written;

        public PresenceEvent? TakeNew()
        {
            var newest = page.Newest;
            if (newest is null || ReferenceEquals(newest, _seen))
            {
                return null;
            }

            _seen = newest;
            if (newest.Subscribers == _written)
            {
                return null;
            }

            _written = newest.Subscribers;
            return newest;
        }
    }
}

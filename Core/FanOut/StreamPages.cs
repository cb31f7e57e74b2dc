namespace LiveStreams.Core.FanOut;

/// <summary>
/// The pages of one stream: its cursors, and whose turn it is. Those that it follows by patterns come after the others.
/// </summary>
internal sealed partial class StreamPages
{
    private readonly Subscriber _subscriber;
    private readonly EventFilter _filter;
    private readonly FeedRegistry _registry;
    private readonly List<PageCursor> _pages;
    private int _nextToWrite;
    private int _nextToRead;

    /// <summary>
    /// Joins the feeds of the pages. The stream must not start before <paramref name="opened"/> is completed.
    /// </summary>
    public StreamPages(Subscriber subscriber, StreamScope scope, FeedRegistry registry, out Task opened)
    {
        (_subscriber, _filter, _registry) = (subscriber, scope.Filter, registry);
        _patterns = scope.Patterns is { } patterns ? new PatternProgress(patterns, scope.Pages.Count) : null;
        _pages = new List<PageCursor>(scope.Pages.Count);
        opened = Join(scope.Pages);
        Format = scope.UsesEnvelopes
            ? new EnvelopeFormat([.. _pages], hasTime: scope.Patterns is not null)
            : new PageFormat(_pages[0]);
    }

    public IReadOnlyList<PageCursor> Cursors => _pages;

    public StreamFormat Format { get; }

    /// <summary>Whether a page has frames that are not written, and can be.</summary>
    public bool HasNewFrames => _pages.Exists(static page => page.HasNewFrames);

    /// <summary>Whether the deletion of a page has ended the stream.</summary>
    public bool HasEnded => Format.EndsWithPage && _pages[0].HasEndedStream;

    /// <summary>
    /// Writes the first block, which is sent at once: the position, unless a snapshot follows, and why it is not the
    /// position that the client holds.
    /// </summary>
    public void WriteOpening(EventStreamBody body, TimeSpan retry)
    {
        var position = _pages is [{ HasSnapshot: true }, ..] ? null : Format.GetPosition();
        body.Write(EventEncoder.Opening(position, retry));
        foreach (var page in _pages)
        {
            page.WriteReset(body);
        }
    }

    /// <summary>Writes the snapshot that was read before the stream was opened, if there is one.</summary>
    public void WriteReadSnapshot(SubscriberOutput output)
    {
        if (_pages is [var first, ..])
        {
            first.WriteSnapshot(output);
        }
    }

    /// <summary>
    /// Writes the frames in the rings until a flush is due. Begins with another page each time, so that none waits for
    /// long behind one with much to write.
    /// </summary>
    public void WriteFromRings(SubscriberOutput output)
    {
        for (var i = 0; i < _pages.Count && !output.IsFlushDue; i++)
        {
            _pages[_nextToWrite].WriteFromRing(output);
            _nextToWrite = (_nextToWrite + 1) % _pages.Count;
        }
    }

    /// <summary>
    /// Reads the store for the next page that needs it, if there is one. What was written is sent before, so that it
    /// does not wait for the store. If the store fails, it is not asked for other pages before the next tick.
    /// </summary>
    /// <returns>False when the reader has disconnected.</returns>
    public async ValueTask<bool> WriteFromStoreAsync(SubscriberOutput output)
    {
        if (FindPageToRead() is not { } read)
        {
            return true;
        }

        if (output.Body.UnsentBytes > 0)
        {
            if (!await output.FlushAsync().ConfigureAwait(false))
            {
                return false;
            }

            ReleaseSnapshots();
        }

        _nextToRead = (read.StreamIndex + 1) % _pages.Count;
        var isConnected = await read.WriteFromStoreAsync(output).ConfigureAwait(false);
        foreach (var page in _pages)
        {
            page.IsStoreUnavailable |= read.IsStoreUnavailable && page.NeedsStore;
        }

        return isConnected;
    }

    public void ReleaseSnapshots()
    {
        foreach (var page in _pages)
        {
            page.ReleaseSnapshot();
        }
    }

    /// <summary>Leaves the feeds.</summary>
    public void Leave() => LeaveFrom(0);

    private void LeaveFrom(int first)
    {
        foreach (var page in _pages.Skip(first))
        {
            page.Leave(_registry.Clock.Tick);
        }

        _pages.RemoveRange(first, _pages.Count - first);
        _subscriber.Presence?.RemoveFrom(first);
        (_nextToWrite, _nextToRead) = (0, 0);
    }

    private Task Join(IReadOnlyCollection<PageId> pages)
    {
        var opening = new List<Task>(pages.Count);
        foreach (var page in pages)
        {
            _pages.Add(_registry.Join(_subscriber, page, _filter, streamIndex: _pages.Count, out var opened));
            opening.Add(opened);
        }

        return opening is [var only] ? only : Task.WhenAll(opening);
    }

    private PageCursor? FindPageToRead()
    {
        for (var i = 0; i < _pages.Count; i++)
        {
            var page = _pages[(_nextToRead + i) % _pages.Count];
            if (page.NeedsStore && !page.IsStoreUnavailable)
            {
                return page;
            }
        }

        return null;
    }
}

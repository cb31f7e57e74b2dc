namespace LiveStreams.Core.FanOut;

// The pages that the stream follows by patterns, and the moment from which a resume reads them again.
internal sealed partial class StreamPages
{
    /// <summary>The ticks after which the moment is due again.</summary>
    private const int TicksPerMoment = 5;

    private readonly PageArrivals _arrivals = new();
    private long _momentTick = long.MinValue;
    private long _completeUntil;

    public bool HasArrivals => _scope.Patterns is not null && _arrivals.Any;

    /// <summary>Keeps a page that was born, if it matches, until <see cref="FollowArrivalsAsync"/>.</summary>
    public void Offer(PageId page)
    {
        if (_scope.Patterns?.Follows(page) is true)
        {
            _arrivals.Add(page);
        }
    }

    /// <summary>
    /// Sets the moment of which the stream knows all updates from before: the first one, or the one that the client
    /// holds.
    /// </summary>
    public void StartAt(long unixSeconds) => Format.SetMoment(_completeUntil = unixSeconds);

    /// <summary>
    /// Joins the feeds of more pages. The cursors are not started. Null if they are more than the stream may have.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The store cannot be reached.</exception>
    public async ValueTask<IReadOnlyList<PageCursor>?> FollowAsync(
        IEnumerable<PageId> pages, IStreamLease? lease, CancellationToken cancellationToken)
    {
        var known = _pages.Select(page => page.Page).ToHashSet();
        PageId[] added = [.. pages.Where(page => !known.Contains(page))];
        var followed = _pages.Count - _scope.Pages.Count + added.Length;
        if (followed > PatternScope.MaxPages || lease?.TryAddPages(added.Length) is false)
        {
            return null;
        }

        var first = _pages.Count;
        await _registry.WaitOpenAsync(Join(added), cancellationToken).ConfigureAwait(false);
        return _pages[first..];
    }

    /// <summary>
    /// Follows the pages that were born, each from its beginning. False if the stream must end: they are too many, or
    /// the store cannot be reached. When the client returns, it gets what they have.
    /// </summary>
    public async ValueTask<bool> FollowArrivalsAsync(IStreamLease? lease)
    {
        try
        {
            var cursors = await FollowAsync(_arrivals.Take(), lease, CancellationToken.None).ConfigureAwait(false);
            foreach (var cursor in cursors ?? [])
            {
                StartAtBirth(cursor);
            }

            return cursors is not null;
        }
        catch (StoreUnavailableException)
        {
            return false;
        }
    }

    /// <summary>Whether <see cref="OnCaughtUp"/> is to be called although nothing has happened.</summary>
    public bool IsMomentDue(long tick) => _scope.Patterns is not null && tick - _momentTick >= TicksPerMoment;

    /// <summary>
    /// Everything that has arrived is written. Moves the moment to the last one of which that is known for all pages
    /// that are followed; true if it has moved.
    /// </summary>
    public bool OnCaughtUp()
    {
        var clock = _registry.Clock;
        if (_scope.Patterns is null || _momentTick == clock.Tick)
        {
            return false;
        }

        _momentTick = clock.Tick;
        var until = Math.Min(clock.UnixSeconds, _registry.Followers.CompleteUntil);
        for (var i = _scope.Pages.Count; i < _pages.Count; i++)
        {
            until = Math.Min(until, _pages[i].CompleteUntil(until));
        }

        // Last, so that it is true of all of the above.
        if (until - PatternScope.ClockTolerance <= _completeUntil || HasArrivals || HasNewFrames)
        {
            return false;
        }

        StartAt(until - PatternScope.ClockTolerance);
        return true;
    }

    private void StartAtBirth(PageCursor cursor)
    {
        if (_scope.Patterns!.WantsSnapshots)
        {
            cursor.StartWithSnapshot();
        }
        else
        {
            cursor.Start(new StartPosition(UpdateId.None, HistoryRequested: true));
        }
    }
}

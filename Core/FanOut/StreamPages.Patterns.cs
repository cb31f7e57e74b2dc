namespace LiveStreams.Core.FanOut;

// The pages that the stream follows by patterns, and the moment from which a resume reads them again.
internal sealed partial class StreamPages
{
    // Null without patterns.
    private readonly PatternProgress? _patterns;

    /// <summary>Whether pages that were born are to be followed, which is tried once a tick if it fails.</summary>
    public bool HasArrivals =>
        _patterns is { Arrivals.Any: true } && _patterns.FailedTick != _registry.Clock.Tick;

    /// <summary>Keeps a page that was born, if it matches, until <see cref="FollowArrivalsAsync"/>.</summary>
    public void Offer(PageId page)
    {
        if (_patterns?.Scope.Follows(page) is true)
        {
            _patterns.Arrivals.Add(page);
        }
    }

    /// <summary>
    /// Sets the moment of which the stream knows all updates from before: the first one, or the one that the client
    /// holds.
    /// </summary>
    public void StartAt(long unixSeconds) => Format.SetMoment(_patterns!.CompleteUntil = unixSeconds);

    /// <summary>
    /// Joins the feeds of more pages. The cursors are not started. Null if they are more than the stream may have.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The store cannot be reached.</exception>
    public async ValueTask<IReadOnlyList<PageCursor>?> FollowAsync(
        IEnumerable<PageId> pages, IStreamLease? lease, CancellationToken cancellationToken)
    {
        var known = _pages.Select(page => page.Page).ToHashSet();
        PageId[] added = [.. pages.Where(page => !known.Contains(page))];
        var first = _pages.Count;
        var followed = first - _patterns!.NamedPages + added.Length;
        try
        {
            await _registry.WaitOpenAsync(Join(added), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            LeaveFrom(first);
            throw;
        }

        return followed <= PatternScope.MaxPages && lease?.TryAddPages(added.Length) is not false
            ? _pages[first..]
            : null;
    }

    /// <summary>
    /// Follows the pages that were born, each from its beginning. False if the stream must end, because they are too
    /// many. If the store cannot be reached, they wait for the next tick.
    /// </summary>
    public async ValueTask<bool> FollowArrivalsAsync(IStreamLease? lease)
    {
        var pages = _patterns!.Arrivals.Take();
        try
        {
            var cursors = await FollowAsync(pages, lease, CancellationToken.None).ConfigureAwait(false);
            foreach (var cursor in cursors ?? [])
            {
                StartAtBirth(cursor);
            }

            return cursors is not null;
        }
        catch (StoreUnavailableException)
        {
            _patterns.FailedTick = _registry.Clock.Tick;
            foreach (var page in pages)
            {
                _patterns.Arrivals.Add(page);
            }

            return true;
        }
    }

    /// <summary>Whether <see cref="OnCaughtUp"/> is to be called although nothing has happened.</summary>
    public bool IsMomentDue(long tick) =>
        _patterns is not null && (tick - _patterns.MomentTick >= PatternProgress.TicksPerMoment || HasArrivals);

    /// <summary>
    /// Everything that has arrived is written. Moves the moment to the last one of which that is known for all pages
    /// that are followed; true if it has moved.
    /// </summary>
    public bool OnCaughtUp()
    {
        var clock = _registry.Clock;
        if (_patterns is null || _patterns.MomentTick == clock.Tick)
        {
            return false;
        }

        _patterns.MomentTick = clock.Tick;
        var until = Math.Min(clock.UnixSeconds, _registry.Followers.CompleteUntil);

        // Named pages too: the client may go on following them by a pattern.
        foreach (var page in _pages)
        {
            until = Math.Min(until, page.CompleteUntil(until));
        }

        // Last, so that it is true of all of the above.
        if (until - PatternScope.Tolerance <= _patterns.CompleteUntil || _patterns.Arrivals.Any || HasNewFrames)
        {
            return false;
        }

        StartAt(until - PatternScope.Tolerance);
        return true;
    }

    private void StartAtBirth(PageCursor cursor)
    {
        if (_patterns!.Scope.WantsSnapshots)
        {
            cursor.StartWithSnapshot();
        }
        else
        {
            cursor.Start(new StartPosition(UpdateId.None, HistoryRequested: true));
        }
    }
}

namespace LiveStreams.Core.FanOut;

// What a stream with patterns does besides.
public sealed partial class Subscriber
{
    /// <summary>
    /// Follows pages that match the stream's patterns, besides those it has. The caller starts their cursors. Null if
    /// they are more than a stream may have, or than the limits allow.
    /// </summary>
    /// <param name="pages">The pages.</param>
    /// <param name="unixSeconds">
    /// The moment of which the client knows all updates from before: the one that it holds, or now.
    /// </param>
    /// <param name="cancellationToken">Cancels the wait for the feeds to open.</param>
    /// <exception cref="StoreUnavailableException">The store cannot be reached.</exception>
    public ValueTask<IReadOnlyList<PageCursor>?> FollowAsync(
        IEnumerable<PageId> pages, long unixSeconds, CancellationToken cancellationToken)
    {
        _pages.StartAt(unixSeconds);
        return _pages.FollowAsync(pages, _lease, cancellationToken);
    }

    /// <summary>Offers pages that were born to a stream that has patterns.</summary>
    internal void Offer(IReadOnlyList<PageId> pages)
    {
        foreach (var page in pages)
        {
            _pages.Offer(page);
        }

        if (_pages.HasArrivals)
        {
            WakeNow();
        }
    }

    /// <summary>Claims the subscriber's wait if its position by time is due to move.</summary>
    internal bool TryClaimForPatterns(long tick) =>
        _pages.IsMomentDue(tick) && WakeSignal.TryClaim(WakeReason.Work);
}

namespace LiveStreams.Core.FanOut;

/// <summary>How many event streams a page has, on all nodes.</summary>
public sealed class SubscriberCounts(FeedRegistry feeds, IPresence presence)
{
    /// <summary>
    /// The number of the page's streams: exact for this node, and as old as <see cref="IPresence.CountElsewhere"/> says
    /// for the others.
    /// </summary>
    public int Of(PageId page) => feeds.GetSubscriberCount(page) + presence.CountElsewhere(page);
}

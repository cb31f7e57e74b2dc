namespace LiveStreams.Core;

/// <summary>The write door: everything published, by whatever protocol, passes here.</summary>
public interface IPublishRouter
{
    /// <summary>
    /// Publishes to a page. The answer comes after the update is durable in the store's sense; updates of one page are ordered as
    /// they are answered. <paramref name="cancellationToken"/> ends the wait, not the publish: once handed in, a draft may still appear.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The store did not take it, or did not say so in time.</exception>
    /// <exception cref="Posts.PostsFullException">It would take the page's posts over a bound.</exception>
    /// <exception cref="PageBusyException">Too many publishes already wait for this page.</exception>
    Task<Published> PublishAsync(PageId page, UpdateDraft draft, CancellationToken cancellationToken);
}

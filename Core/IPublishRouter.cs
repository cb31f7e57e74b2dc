namespace LiveStreams.Core;

/// <summary>
/// Takes each publish to its page's <see cref="PageWriter"/>, in this process or in the cluster. Every publish,
/// whatever its protocol, passes through it.
/// </summary>
public interface IPublishRouter
{
    /// <summary>
    /// Publishes to a page. The task completes when the update is durable by the store's definition, or was refused.
    /// Updates of one page are ordered as their results are. <paramref name="cancellationToken"/> ends the wait, not
    /// the publish: the draft may still be published.
    /// </summary>
    Task<PublishResult> PublishAsync(PageId page, UpdateDraft draft, CancellationToken cancellationToken);
}

using LiveStreams.Core;
using LiveStreams.Core.Posts;

namespace LiveStreams.Grains;

/// <summary>
/// What a grain says to a publish: an answer, or one of the errors that <see cref="IPublishRouter.PublishAsync"/> has. The ids are the wire format: new
/// members get new ones.
/// </summary>
[GenerateSerializer, Immutable, Alias("livestreams.publish-reply")]
public sealed record PublishReply(
    [property: Id(0)] PublishOutcome Outcome, [property: Id(1)] string UpdateId = "0", [property: Id(2)] bool Repeated = false, [property: Id(3)] string Message = "")
{
    public static PublishReply Of(Published published) => new(PublishOutcome.Published, published.Id.ToString(), published.Repeated);

    public static PublishReply Of(StoreUnavailableException exception) =>
        new(exception.OutcomeUnknown ? PublishOutcome.Unknown : PublishOutcome.StoreUnavailable, Message: exception.Message);

    /// <exception cref="StoreUnavailableException">The store did not take it, or did not say so in time.</exception>
    /// <exception cref="PostsFullException">It would take the page's posts over a bound.</exception>
    /// <exception cref="PageBusyException">Too many publishes already wait for this page.</exception>
    /// <exception cref="InvalidDraftException">The page's name or the draft is not valid.</exception>
    public Published ToPublished(PageId page) => Outcome switch
    {
        PublishOutcome.Published when Core.UpdateId.TryParse(UpdateId, out var id) => new Published(id, Repeated),
        PublishOutcome.PostsFull => throw new PostsFullException(page),
        PublishOutcome.PageBusy => throw new PageBusyException(page),
        PublishOutcome.Invalid => throw new InvalidDraftException(Message),
        _ => throw new StoreUnavailableException(Message) { OutcomeUnknown = Outcome != PublishOutcome.StoreUnavailable },
    };
}

using LiveStreams.Core;

namespace LiveStreams.Grains;

/// <summary>
/// A <see cref="PublishResult"/> on its way from a grain. The ids are the wire format: new members get new ones.
/// </summary>
[GenerateSerializer, Immutable, Alias("livestreams.publish-reply")]
public sealed record PublishReply(
    [property: Id(0)] PublishOutcome Outcome,
    [property: Id(1)] string UpdateId = "0",
    [property: Id(2)] bool Repeated = false,
    [property: Id(3)] string Message = "")
{
    // For a server that does not know the outcome: it reports the outcome as unknown, with this message.
    private const string KeyReusedMessage = "The idempotency key was used for another update.";

    public static PublishReply Of(PublishResult result) => result.Status switch
    {
        PublishStatus.Published => new(PublishOutcome.Published, result.Id.ToString()),
        PublishStatus.Repeated => new(PublishOutcome.Published, result.Id.ToString(), Repeated: true),
        PublishStatus.KeyReused => new(PublishOutcome.KeyReused, Message: KeyReusedMessage),
        PublishStatus.PostsFull => new(PublishOutcome.PostsFull),
        PublishStatus.PageBusy => new(PublishOutcome.PageBusy),
        PublishStatus.Invalid => new(PublishOutcome.Invalid, Message: result.Error!),
        PublishStatus.StoreUnavailable => new(PublishOutcome.StoreUnavailable, Message: result.Error!),
        _ => new(PublishOutcome.Unknown, Message: result.Error!),
    };

    /// <summary>An outcome that only a newer silo knows is <see cref="PublishStatus.Unknown"/>.</summary>
    public PublishResult ToResult() => Outcome switch
    {
        PublishOutcome.Published when Core.UpdateId.TryParse(UpdateId, out var id) =>
            Repeated ? PublishResult.Repeated(id) : PublishResult.Published(id),
        PublishOutcome.KeyReused => PublishResult.KeyReused,
        PublishOutcome.PostsFull => PublishResult.PostsFull,
        PublishOutcome.PageBusy => PublishResult.PageBusy,
        PublishOutcome.Invalid => PublishResult.Invalid(Message),
        PublishOutcome.StoreUnavailable => PublishResult.StoreUnavailable(Message),
        _ => PublishResult.Unknown(Message),
    };
}

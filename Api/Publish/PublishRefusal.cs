using LiveStreams.Api.Http;
using LiveStreams.Core;

namespace LiveStreams.Api.Publish;

/// <summary>The problem that a client receives for a publish that failed, alone or in a line of a batch.</summary>
internal static class PublishRefusal
{
    private static readonly int _keyMinutes = (int)UpdateDraft.KeyLifetime.TotalMinutes;

    /// <summary>Null when the update has been published.</summary>
    public static Refusal? Of(PublishResult result, PageId page) => result.Status switch
    {
        PublishStatus.Published or PublishStatus.Repeated => null,
        PublishStatus.KeyReused => new Refusal(
            Problem.KeyReused,
            $"On page '{page}' this key was used for another update, at most {_keyMinutes} minutes ago. "
            + "Send a retry with the same update, and another update with another key."),
        PublishStatus.PostsFull => new Refusal(
            Problem.PostsFull,
            $"The posts of page '{page}' have reached a limit. Remove some, or make them smaller."),
        PublishStatus.PageBusy => new Refusal(
            Problem.PageBusy,
            $"Too many updates wait to be published on page '{page}'. Try again later."),
        PublishStatus.Invalid => new Refusal(Problem.Data, result.Error!),
        PublishStatus.StoreUnavailable => new Refusal(Problem.StoreUnavailable, result.Error!),
        _ => new Refusal(
            Problem.StoreUnavailable,
            $"{result.Error} Whether the update was published is not known; "
            + "a retry with the same Idempotency-Key is safe."),
    };
}

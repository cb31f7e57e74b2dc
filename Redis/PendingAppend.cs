using LiveStreams.Core;

namespace LiveStreams.Redis;

/// <summary>
/// An append to one page that waits for Redis. Its task ends in two steps: first the outcome is set, then
/// <see cref="Complete"/> publishes it, at a time and on a thread of the caller's choice.
/// </summary>
internal sealed class PendingAppend : TaskCompletionSource<PublishResult[]>
{
    private PublishResult[] _results = [];
    private Exception? _exception;

    public PendingAppend(PageId page, IReadOnlyList<UpdateDraft> drafts)
    {
        (Page, Drafts) = (page, drafts);
        foreach (var draft in drafts)
        {
            Bytes += draft.Data.Length + (draft.Posts?.Bytes ?? 0);
        }
    }

    public PageId Page { get; }

    public IReadOnlyList<UpdateDraft> Drafts { get; }

    /// <summary>The bytes of the drafts' data, and of the posts that they change.</summary>
    public long Bytes { get; }

    /// <summary>Sets the results of the drafts, in their order.</summary>
    public void SetOutcome(PublishResult[] results) => _results = results;

    /// <summary>Sets the exception that the append has failed with.</summary>
    public void SetOutcome(Exception exception) => _exception = exception;

    /// <summary>Completes the task. The code that waits for it continues on this thread, before this returns.</summary>
    public void Complete()
    {
        if (_exception is null)
        {
            SetResult(_results);
        }
        else
        {
            SetException(_exception);
        }
    }
}

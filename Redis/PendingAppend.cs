using LiveStreams.Core;

namespace LiveStreams.Redis;

/// <summary>
/// An append to one page that waits for Redis. Its task ends in two steps: first the outcome is set, then
/// <see cref="Complete"/> publishes it, at a time and on a thread of the caller's choice.
/// </summary>
internal sealed class PendingAppend : TaskCompletionSource<PublishResult[]>
{
    private readonly StoredKey?[]? _keys;
    private PublishResult[] _results = [];
    private Exception? _exception;

    /// <summary>
    /// Digests the drafts with a key here, so that the calls of <see cref="AppendQueue"/> do not wait for it.
    /// </summary>
    public PendingAppend(PageId page, IReadOnlyList<UpdateDraft> drafts)
    {
        (Page, Drafts) = (page, drafts);
        for (var i = 0; i < drafts.Count; i++)
        {
            Bytes += drafts[i].Data.Length + (drafts[i].Posts?.Bytes ?? 0);
            if (StoredKey.Of(drafts[i]) is { } key)
            {
                _keys ??= new StoredKey?[drafts.Count];
                _keys[i] = key;
            }
        }
    }

    public PageId Page { get; }

    public IReadOnlyList<UpdateDraft> Drafts { get; }

    /// <summary>The bytes of the drafts' data, and of the posts that they change.</summary>
    public long Bytes { get; }

    /// <summary>The idempotency key of a draft, or null.</summary>
    public StoredKey? KeyOf(int draft) => _keys?[draft];

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

using LiveStreams.Core;

namespace LiveStreams.Redis;

/// <summary>One page's append on its way to Redis, and the promise of its answers.</summary>
internal sealed class PageAppend : TaskCompletionSource<PublishResult[]>
{
    private PublishResult[] _answers = [];
    private Exception? _error;

    public PageAppend(PageId page, IReadOnlyList<UpdateDraft> drafts)
    {
        (Page, Drafts) = (page, drafts);
        foreach (var draft in drafts)
        {
            Bytes += draft.Data.Length + (draft.Posts?.Bytes ?? 0);
        }
    }

    public PageId Page { get; }

    public IReadOnlyList<UpdateDraft> Drafts { get; }

    /// <summary>The bytes of its drafts' data, and of the posts that they change.</summary>
    public long Bytes { get; }

    /// <summary>Notes how it has ended; <see cref="Complete"/> tells.</summary>
    public void Answer(PublishResult[] answers) => _answers = answers;

    /// <inheritdoc cref="Answer"/>
    public void Fail(Exception exception) => _error = exception;

    /// <summary>Whoever waits goes on right here.</summary>
    public void Complete()
    {
        if (_error is null)
        {
            SetResult(_answers);
        }
        else
        {
            SetException(_error);
        }
    }
}

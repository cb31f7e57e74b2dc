using LiveStreams.Core;

namespace LiveStreams.Sqlite;

/// <summary>One append in the writer's line, and the promise of its answers.</summary>
internal sealed class WriteRequest(PageId page, IReadOnlyList<UpdateDraft> drafts)
    : TaskCompletionSource<Published[]>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public PageId Page => page;

    public IReadOnlyList<UpdateDraft> Drafts => drafts;

    public long Bytes { get; } = drafts.Sum(draft => (long)draft.Data.Length);

    public Published[] Answers { get; set; } = [];
}

using LiveStreams.Core;

namespace LiveStreams.Sqlite;

/// <summary>
/// One append in the writer's queue, and the task of its results, which completes on the thread pool. An append without
/// drafts only checks that the file can be written.
/// </summary>
internal sealed class WriteRequest : TaskCompletionSource<PublishResult[]>
{
    public WriteRequest(PageId page, IReadOnlyList<UpdateDraft> drafts)
    {
        (Page, Drafts) = (page, drafts);
        foreach (var draft in drafts)
        {
            Bytes += draft.Data.Length;
        }
    }

    public PageId Page { get; }

    public IReadOnlyList<UpdateDraft> Drafts { get; }

    /// <summary>The size of its drafts' data, in bytes.</summary>
    public long Bytes { get; }

    public PublishResult[] Results { get; set; } = [];
}

using LiveStreams.Core;

namespace LiveStreams.Sqlite;

/// <summary>One append in the writer's line, and the promise of its answers, which is kept on the thread pool; with no drafts it only shows that the file can be written.</summary>
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

    /// <summary>The bytes of its drafts' data.</summary>
    public long Bytes { get; }

    public PublishResult[] Answers { get; set; } = [];
}

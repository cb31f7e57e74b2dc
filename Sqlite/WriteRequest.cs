using LiveStreams.Core;

namespace LiveStreams.Sqlite;

/// <summary>
/// One append in the writer's queue, and the task of its results, which completes on the thread pool. An append without
/// drafts only checks that the file can be written.
/// </summary>
internal sealed class WriteRequest : TaskCompletionSource<PublishResult[]>
{
    private readonly StoredKey?[]? _keys;

    /// <summary>Digests the drafts with a key here, so that the writer's thread does not have to.</summary>
    public WriteRequest(PageId page, IReadOnlyList<UpdateDraft> drafts)
    {
        (Page, Drafts) = (page, drafts);
        for (var i = 0; i < drafts.Count; i++)
        {
            Bytes += drafts[i].Data.Length;
            if (StoredKey.Of(drafts[i]) is { } key)
            {
                _keys ??= new StoredKey?[drafts.Count];
                _keys[i] = key;
            }
        }
    }

    public PageId Page { get; }

    public IReadOnlyList<UpdateDraft> Drafts { get; }

    /// <summary>The size of its drafts' data, in bytes.</summary>
    public long Bytes { get; }

    public PublishResult[] Results { get; set; } = [];

    /// <summary>The idempotency key of a draft, or null.</summary>
    public StoredKey? KeyOf(int draft) => _keys?[draft];
}

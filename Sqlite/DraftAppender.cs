using LiveStreams.Core;
using LiveStreams.Core.Posts;

namespace LiveStreams.Sqlite;

/// <summary>
/// Turns the drafts of one append into updates of the batch: checks their idempotency keys and the limits of posts, and
/// assigns ids and times. Called inside a transaction.
/// </summary>
internal sealed class DraftAppender(
    FileConnection connection,
    PageStateCache pages,
    PendingPages pending,
    PostOptions postLimits,
    TimeProvider time)
{
    private static readonly long _maxAhead = (long)UpdateTime.MaxAhead.TotalMilliseconds;

    private readonly Statement _findKey = connection.Prepare(
        "SELECT sequence FROM idempotency WHERE page = $page AND key = $key AND time >= $cutoff");

    /// <summary>Appends a page's drafts to the batch; returns their results in the same order.</summary>
    public PublishResult[] Append(PageId page, IReadOnlyList<UpdateDraft> drafts, JournalBatch batch)
    {
        var state = pages.GetOrCreate(page);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var results = new PublishResult[drafts.Count];
        for (var i = 0; i < results.Length; i++)
        {
            results[i] = Append(state, drafts[i], now, batch);
        }

        return results;
    }

    private PublishResult Append(PageState state, UpdateDraft draft, long now, JournalBatch batch)
    {
        if (draft.Key is not null && FindByKey(state, draft.Key, now, batch) is { } earlier)
        {
            return PublishResult.Repeated(earlier);
        }

        if (draft.IsEnd && state.IsEnded)
        {
            return PublishResult.Repeated(new UpdateId(state.Epoch, state.Sequence));
        }

        if (draft.Posts is { } changes)
        {
            if (!pages.PostSizesOf(state).TryApply(changes, postLimits))
            {
                return PublishResult.PostsFull;
            }

            pages.OnPostsChanged(changes.Renders.Count);
        }

        if (state.Time > now + _maxAhead)
        {
            batch.OnSetBack(state.RowId);
            state.Time = now;
        }

        state.Time = Math.Max(now, state.Time);
        var id = draft.Keep ? new UpdateId(state.Epoch, ++state.Sequence) : UpdateId.None;
        var update = new Update(id, draft.Event, draft.Data, DateTimeOffset.FromUnixTimeMilliseconds(state.Time));
        batch.Add(new JournalEntry(state, update, draft.Posts, draft.Key, now));
        if (draft.IsEnd)
        {
            state.EndSequence = state.Sequence;
            state.PostSizes = new PostSizes();
        }

        return PublishResult.Published(id);
    }

    // The newest use of a key is in this batch, or else in the journal, or else in the table.
    private UpdateId? FindByKey(PageState state, string key, long now, JournalBatch batch)
    {
        if (batch.FindByKey(state, key) is { } id)
        {
            return id;
        }

        var cutoff = now - (long)UpdateDraft.KeyLifetime.TotalMilliseconds;
        var sequence =
            pending.TryFind(state.Id, out var page) && page.Keys.TryGetValue(key, out var found) && found.Time >= cutoff
                ? found.Sequence
                : _findKey.QueryInt64(state.RowId, key, cutoff);
        return sequence is null ? null : sequence == 0 ? UpdateId.None : new UpdateId(state.Epoch, sequence.Value);
    }
}

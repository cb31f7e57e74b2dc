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
        "SELECT sequence, time, digest FROM idempotency WHERE page = $page AND key = $key AND time >= $cutoff");

    private readonly long _openedAt = time.GetTimestamp();

    // Only keys from before the file was opened can be those of an older version.
    private bool MayHaveOlderKeys => time.GetElapsedTime(_openedAt) <= UpdateDraft.KeyLifetime;

    /// <summary>Appends a page's drafts to the batch; returns their results in the same order.</summary>
    public PublishResult[] Append(WriteRequest request, JournalBatch batch)
    {
        var state = pages.GetOrCreate(request.Page);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var results = new PublishResult[request.Drafts.Count];
        for (var i = 0; i < results.Length; i++)
        {
            results[i] = Append(state, request.Drafts[i], request.KeyOf(i), now, batch);
        }

        return results;
    }

    private PublishResult Append(PageState state, UpdateDraft draft, StoredKey? key, long now, JournalBatch batch)
    {
        if (key is not null && FindUse(state, key, now, batch) is { } use)
        {
            var earlier = use.Sequence == 0 ? UpdateId.None : new UpdateId(state.Epoch, use.Sequence);
            return key.ResultOf(earlier, use.Digest);
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

        if (state.Time == 0 || (state.IsEnded && draft.Keep))
        {
            batch.OnBorn(state.Id);
        }

        if (state.Time > now + _maxAhead)
        {
            batch.OnSetBack(state.RowId);
            state.Time = now;
        }

        state.Time = Math.Max(now, state.Time);
        var id = draft.Keep ? new UpdateId(state.Epoch, ++state.Sequence) : UpdateId.None;
        var update = new Update(id, draft.Event, draft.Data, DateTimeOffset.FromUnixTimeMilliseconds(state.Time))
        {
            TraceParent = draft.TraceParent,
        };
        batch.Add(new JournalEntry(state, update, draft.Posts, key, now));
        if (draft.IsEnd)
        {
            state.EndSequence = state.Sequence;
            state.PostSizes = new PostSizes();
        }

        return PublishResult.Published(id);
    }

    // The newest use of a key is in this batch, or else in the journal, or else in the table.
    private KeyUse? FindUse(PageState state, StoredKey key, long now, JournalBatch batch)
    {
        var cutoff = now - (long)UpdateDraft.KeyLifetime.TotalMilliseconds;
        return batch.FindByKey(state, key.Name)
            ?? FindCommittedUse(state, key.Name, cutoff)
            ?? FindOlderUse(state, key, cutoff);
    }

    private KeyUse? FindCommittedUse(PageState state, string name, long cutoff)
    {
        if (pending.TryFind(state.Id, out var page)
            && page.Keys.TryGetValue(name, out var found)
            && found.Time >= cutoff)
        {
            return found;
        }

        using var row = _findKey.Query(state.RowId, name, cutoff);
        return row.Read() ? new KeyUse(row.GetInt64(0), row.GetInt64(1), row.GetBytes(2)) : null;
    }

    private KeyUse? FindOlderUse(PageState state, StoredKey key, long cutoff) =>
        key.OlderName is { } name && MayHaveOlderKeys
            && FindCommittedUse(state, name, cutoff) is { Digest.IsEmpty: true } use
            ? use
            : null;
}

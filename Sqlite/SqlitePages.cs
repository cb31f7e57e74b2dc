using LiveStreams.Core;
using LiveStreams.Core.Posts;

namespace LiveStreams.Sqlite;

/// <summary>The pages as the writer knows them, and what one append makes of its drafts, inside the transaction its caller has begun.</summary>
internal sealed class SqlitePages(FileConnection connection, Pending pending, PostTable posts, PostOptions postLimits, TimeProvider time)
{
    /// <summary>
    /// The most pages remembered from one commit to the next. At the bound all are forgotten and read from the file again as they come.
    /// </summary>
    private const int MaxRemembered = 20_000;

    /// <summary>The most posts whose sizes are remembered, in about 100 bytes each; one that is changed counts again. At the bound the same.</summary>
    private const int MaxRememberedPosts = 1_000_000;

    // What has been committed is there, whatever the bounds are now.
    private static readonly PostOptions _unlimited = new() { MaxPosts = int.MaxValue, MaxPageBytes = int.MaxValue };

    private readonly Dictionary<PageId, PageState> _states = [];
    private long _rememberedPosts;

    private readonly Statement _find = connection.Prepare("SELECT id, epoch, sequence, time, ended FROM page WHERE name = $name");
    private readonly Statement _name = connection.Prepare("SELECT name FROM page WHERE id = $page");
    private readonly Statement _create = connection.Prepare("INSERT INTO page (name, epoch, sequence, time) VALUES ($name, $epoch, 0, 0)");
    private readonly Statement _created = connection.Prepare("SELECT last_insert_rowid()");

    private readonly Statement _answered = connection.Prepare(
        "SELECT sequence FROM idempotency WHERE page = $page AND key = $key AND time >= $cutoff");

    /// <summary>Appends a page's drafts to what is about to be committed.</summary>
    public PublishResult[] Append(PageId page, IReadOnlyList<UpdateDraft> drafts, JournalBatch batch)
    {
        var state = StateOf(page);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var answers = new PublishResult[drafts.Count];
        for (var i = 0; i < answers.Length; i++)
        {
            answers[i] = Append(state, drafts[i], now, batch);
        }

        return answers;
    }

    /// <summary>A page by its number in the file; null when it has been forgotten.</summary>
    public PageState? Find(long key)
    {
        using var row = _name.Query(key);
        return row.Read() ? StateOf(PageId.Parse(row.Text(0))) : null;
    }

    /// <summary>Keeps what is remembered within its bound; for the time between two commits.</summary>
    public void ForgetSome()
    {
        if (_states.Count >= MaxRemembered || _rememberedPosts >= MaxRememberedPosts)
        {
            ForgetAll();
        }
    }

    /// <summary>Forgets what was remembered of one page.</summary>
    public void Forget(PageId page) => _states.Remove(page);

    /// <summary>Forgets everything: after a commit that failed it may be of what never was.</summary>
    public void ForgetAll()
    {
        _states.Clear();
        _rememberedPosts = 0;
    }

    private PublishResult Append(PageState state, UpdateDraft draft, long now, JournalBatch batch)
    {
        if (draft.Key is not null && Answered(state, draft.Key, now, batch) is { } answered)
        {
            return PublishResult.Repeated(answered);
        }

        if (draft.IsEnd && state.IsEnded)
        {
            return PublishResult.Repeated(new UpdateId(state.Epoch, state.Sequence));
        }

        if (draft.Posts is { } changes)
        {
            if (!PostSizesOf(state).TryApply(changes, postLimits))
            {
                return PublishResult.PostsFull;
            }

            _rememberedPosts += changes.Renders.Count;
        }

        state.Time = Math.Max(now, state.Time);
        var id = draft.Keep ? new UpdateId(state.Epoch, ++state.Sequence) : UpdateId.None;
        var update = new Update(id, draft.Event, draft.Data, DateTimeOffset.FromUnixTimeMilliseconds(state.Time));
        batch.Add(new JournalEntry(state, update, draft.Posts, draft.Key, now));
        if (draft.IsEnd)
        {
            state.EndedAt = state.Sequence;
            state.PostSizes = new PostSizes();
        }

        return PublishResult.Published(id);
    }

    // The newest answer is in this commit, or in the journal, or in the table.
    private UpdateId? Answered(PageState state, string key, long now, JournalBatch batch)
    {
        if (batch.AnswerTo(state, key) is { } answer)
        {
            return answer;
        }

        var cutoff = now - (long)UpdateDraft.KeyLifetime.TotalMilliseconds;
        var sequence = pending.TryFind(state.Id, out var page) && page.Keys.TryGetValue(key, out var found) && found.Time >= cutoff
            ? found.Sequence
            : _answered.Number(state.Key, key, cutoff);
        return sequence is null ? null : sequence == 0 ? UpdateId.None : new UpdateId(state.Epoch, sequence.Value);
    }

    private PageState StateOf(PageId page) =>
        _states.TryGetValue(page, out var state) ? state : _states[page] = Load(page) ?? Create(page);

    private PageState? Load(PageId page)
    {
        using var row = _find.Query(page.Value);
        if (!row.Read())
        {
            return null;
        }

        var state = new PageState(page, row.Number(0), row.Number(1)) { Sequence = row.Number(2), Time = row.Number(3), EndedAt = row.Number(4) };
        if (pending.TryFind(page, out var unfolded))
        {
            state.Take(unfolded);
        }

        return state;
    }

    // Read when the page's posts are first changed: from the table, and from what is to be folded into it. What is about to be committed has changed none of them.
    private PostSizes PostSizesOf(PageState state)
    {
        if (state.PostSizes is { } known)
        {
            return known;
        }

        var sizes = new PostSizes();
        posts.ReadSizes(state.Key, sizes);
        foreach (var update in pending.UpdatesOf(state.Id).Span)
        {
            if (update.IsEnd)
            {
                sizes.Clear();
            }
            else if (update.Posts is { } changes)
            {
                sizes.TryApply(changes, _unlimited);
            }
        }

        _rememberedPosts += sizes.Count;
        return state.PostSizes = sizes;
    }

    private PageState Create(PageId page)
    {
        var epoch = UpdateId.NewEpoch();
        _create.Execute(page.Value, epoch);
        return new PageState(page, _created.Number()!.Value, epoch);
    }
}

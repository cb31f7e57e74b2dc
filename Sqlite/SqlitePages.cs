using LiveStreams.Core;

namespace LiveStreams.Sqlite;

/// <summary>The statements of the writing connection: what one append does inside the transaction its caller has begun.</summary>
internal sealed class SqlitePages(FileConnection connection, TimeProvider time)
{
    /// <summary>The most pages remembered. At the bound all are forgotten and read from the file again as they come.</summary>
    private const int MaxRemembered = 20_000;

    private readonly Dictionary<PageId, PageState> _states = [];

    private readonly Statement _find = connection.Prepare(
        """
        SELECT id, epoch, sequence, time, coalesce((SELECT min(sequence) FROM history WHERE page = id), sequence + 1)
        FROM page WHERE name = $name
        """);

    private readonly Statement _create = connection.Prepare(
        "INSERT INTO page (name, epoch, sequence, time) VALUES ($name, $epoch, 0, 0)");

    private readonly Statement _created = connection.Prepare("SELECT last_insert_rowid()");

    private readonly Statement _move = connection.Prepare(
        "UPDATE page SET sequence = $sequence, time = $time WHERE id = $page");

    private readonly Statement _append = connection.Prepare(
        "INSERT INTO history (page, sequence, time, event, data) VALUES ($page, $sequence, $time, $event, $data)");

    private readonly Statement _answered = connection.Prepare(
        "SELECT sequence FROM idempotency WHERE page = $page AND key = $key AND time >= $cutoff");

    private readonly Statement _remember = connection.Prepare(
        "INSERT OR REPLACE INTO idempotency (page, key, sequence, time) VALUES ($page, $key, $sequence, $time)");

    /// <summary>Pages whose rows may exceed their limit since the last trim.</summary>
    public HashSet<PageId> Grown { get; } = [];

    /// <summary>Appends a page's drafts; what is to be announced after the commit goes to <paramref name="announcements"/>.</summary>
    public Published[] Append(PageId page, IReadOnlyList<UpdateDraft> drafts, List<(PageId, Update)> announcements)
    {
        var state = StateOf(page);
        var now = Math.Max(time.GetUtcNow().ToUnixTimeMilliseconds(), state.Time);
        var before = (state.Sequence, announcements.Count);
        var answers = new Published[drafts.Count];
        for (var i = 0; i < answers.Length; i++)
        {
            answers[i] = Append(page, state, drafts[i], now, announcements);
        }

        // Also a live-only update keeps its page, and with it the answered keys, from being forgotten.
        if (announcements.Count > before.Count)
        {
            state.Time = now;
            _move.Execute(state.Sequence, now, state.Key);
        }

        if (state.Sequence > before.Sequence)
        {
            Grown.Add(page);
        }

        return answers;
    }

    public PageState StateOf(PageId page)
    {
        if (_states.TryGetValue(page, out var state))
        {
            return state;
        }

        if (_states.Count >= MaxRemembered)
        {
            _states.Clear();
        }

        return _states[page] = Load(page) ?? Create(page);
    }

    /// <summary>Forgets what was remembered of one page, or, after a failed commit, of all.</summary>
    public void Forget(PageId page) => _states.Remove(page);

    public void ForgetAll() => _states.Clear();

    private Published Append(PageId page, PageState state, UpdateDraft draft, long now, List<(PageId, Update)> announcements)
    {
        if (draft.Key is not null && Answered(state, draft.Key) is { } answered)
        {
            return new Published(answered, Repeated: true);
        }

        var id = UpdateId.None;
        if (draft.Keep)
        {
            id = new UpdateId(state.Epoch, ++state.Sequence);
            _append.Execute(state.Key, id.Sequence, now, draft.Event, draft.Data);
        }

        if (draft.Key is not null)
        {
            _remember.Execute(state.Key, draft.Key, id.Sequence, time.GetUtcNow().ToUnixTimeMilliseconds());
        }

        announcements.Add((page, new Update(id, draft.Event, draft.Data, DateTimeOffset.FromUnixTimeMilliseconds(now))));
        return new Published(id, Repeated: false);
    }

    // Sequence 0 stands for a live-only update, which has no id.
    private UpdateId? Answered(PageState state, string key)
    {
        var cutoff = (time.GetUtcNow() - UpdateDraft.KeyLifetime).ToUnixTimeMilliseconds();
        return _answered.Number(state.Key, key, cutoff) is not { } sequence ? null
            : sequence == 0 ? UpdateId.None
            : new UpdateId(state.Epoch, sequence);
    }

    private PageState? Load(PageId page)
    {
        using var row = _find.Query(page.Value);
        return !row.Read() ? null : new PageState(row.Number(0), row.Number(1))
        {
            Sequence = row.Number(2),
            Time = row.Number(3),
            Oldest = row.Number(4),
        };
    }

    private PageState Create(PageId page)
    {
        var epoch = UpdateId.NewEpoch();
        _create.Execute(page.Value, epoch);
        return new PageState(_created.Number()!.Value, epoch);
    }
}

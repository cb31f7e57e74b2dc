using LiveStreams.Core;
using LiveStreams.Core.Posts;

namespace LiveStreams.Sqlite;

/// <summary>
/// The pages as the writer knows them. Loads a page's state when it is first needed, and creates the row of a new page;
/// both inside a transaction.
/// </summary>
internal sealed class PageStateCache(FileConnection connection, PendingPages pending, PostTable posts)
{
    /// <summary>The most pages kept from one commit to the next. At the limit the cache is cleared.</summary>
    private const int MaxPages = 20_000;

    /// <summary>
    /// The most posts whose sizes are kept, about 100 bytes each; a changed post counts again. At the limit the cache
    /// is cleared.
    /// </summary>
    private const int MaxPosts = 1_000_000;

    // Committed posts are there, even if a limit has been lowered since.
    private static readonly PostOptions _unlimited = new() { MaxPosts = int.MaxValue, MaxPageBytes = int.MaxValue };

    private readonly Dictionary<PageId, PageState> _states = [];
    private long _postCount;

    private readonly Statement _find = connection.Prepare(
        "SELECT id, epoch, sequence, time, ended FROM page WHERE name = $name");

    private readonly Statement _findName = connection.Prepare("SELECT name FROM page WHERE id = $page");

    private readonly Statement _insert = connection.Prepare(
        "INSERT INTO page (name, epoch, sequence, time) VALUES ($name, $epoch, 0, 0)");

    private readonly Statement _lastRowId = connection.Prepare("SELECT last_insert_rowid()");

    /// <summary>A page's state; creates the page if the file does not have it.</summary>
    public PageState GetOrCreate(PageId page) =>
        _states.TryGetValue(page, out var state) ? state : _states[page] = Load(page) ?? Create(page);

    /// <summary>A page's state by its id in the tables; null if the page has been removed.</summary>
    public PageState? Find(long rowId)
    {
        using var row = _findName.Query(rowId);
        return row.Read() ? GetOrCreate(PageId.Parse(row.GetString(0))) : null;
    }

    /// <summary>
    /// The sizes of a page's posts. They are read when the posts are first changed, from the table and from what is to
    /// be folded into it; until then no update of the current batch has changed them.
    /// </summary>
    public PostSizes PostSizesOf(PageState state)
    {
        if (state.PostSizes is { } known)
        {
            return known;
        }

        var sizes = new PostSizes();
        posts.ReadSizes(state.RowId, sizes);
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

        _postCount += sizes.Count;
        return state.PostSizes = sizes;
    }

    /// <summary>Counts posts that were changed, for the limit.</summary>
    public void OnPostsChanged(int count) => _postCount += count;

    /// <summary>Keeps the cache within its limits. Called between two commits.</summary>
    public void ClearIfFull()
    {
        if (_states.Count >= MaxPages || _postCount >= MaxPosts)
        {
            Clear();
        }
    }

    public void Remove(PageId page) => _states.Remove(page);

    /// <summary>Clears the cache. Needed after a failed commit, whose updates the states already include.</summary>
    public void Clear()
    {
        _states.Clear();
        _postCount = 0;
    }

    private PageState? Load(PageId page)
    {
        using var row = _find.Query(page.Value);
        if (!row.Read())
        {
            return null;
        }

        var state = new PageState(page, row.GetInt64(0), row.GetInt64(1))
        {
            Sequence = row.GetInt64(2),
            Time = row.GetInt64(3),
            EndSequence = row.GetInt64(4),
        };
        if (pending.TryFind(page, out var unfolded))
        {
            state.Apply(unfolded);
        }

        return state;
    }

    private PageState Create(PageId page)
    {
        var epoch = UpdateId.NewEpoch();
        _insert.Execute(page.Value, epoch);
        return new PageState(page, _lastRowId.QueryInt64()!.Value, epoch);
    }
}

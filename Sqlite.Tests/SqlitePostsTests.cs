using LiveStreams.Core;
using LiveStreams.TestKit.Engines;

namespace LiveStreams.Sqlite.Tests;

/// <summary>Posts in the journal, in the table, and on the way from one to the other.</summary>
public sealed class SqlitePostsTests : IDisposable
{
    private static readonly PageId _home = PageId.Parse("home");
    private static readonly PageId _other = PageId.Parse("other");
    private readonly SqliteFolder _folder = new();
    private Engine _engine;

    public SqlitePostsTests() => _engine = _folder.Open(new HistoryOptions());

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private IPageLog Log => _engine.Log;

    public void Dispose()
    {
        _engine.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_restart_finds_posts_and_ended_pages(bool folded)
    {
        await Log.AppendAsync(_home, [Drafts.Posts(["a=1", "b=1"]), Drafts.Posts(["a~2", "c=1"], ["b"])], Ct);
        await Log.AppendAsync(_other, Drafts.Posts(["x=1"]));
        var end = await Log.AppendAsync(_other, UpdateDraft.End("k"));
        if (folded)
        {
            await _folder.UntilFoldedAsync(_engine);
        }

        Reopen();

        Assert.Equal(["c=1", "a~2"], await Log.PostsOfAsync(_home));
        Assert.Equal(new PageHead(end.Id, 3, IsEnded: true), (await Log.PostsAsync(_other, Ct)).Page);
        Assert.Equal(PublishResult.Repeated(end.Id), await Log.AppendAsync(_other, UpdateDraft.End(key: null)));
        Assert.True((await Log.AppendAsync(_home, Drafts.Posts(["d=", "e=", "f=", "g="]))).Status is PublishStatus.PostsFull);
        await Log.AppendAsync(_home, Drafts.Posts(["d=1", "a=3"], ["c"]));
        Assert.Equal(["d=1", "a=3"], await Log.PostsOfAsync(_home));
    }

    [Fact]
    public async Task Posts_are_the_same_before_and_after_a_fold_and_across_it()
    {
        await Log.AppendAsync(_home, Drafts.Posts(["a=1", "b=1"]));
        await _folder.UntilFoldedAsync(_engine);
        await Log.AppendAsync(_home, [Drafts.Posts(["b=2", "c=1"]), Drafts.Posts(["d=1"], ["a"])], Ct);
        Assert.Equal(["d=1", "c=1", "b=2"], await Log.PostsOfAsync(_home));

        await _folder.UntilFoldedAsync(_engine);

        Assert.Equal(["d=1", "c=1", "b=2"], await Log.PostsOfAsync(_home));
        Assert.Equal(3, _folder.Sql("SELECT count(*) FROM post"));
    }

    [Fact]
    public async Task A_crash_in_the_middle_of_folding_changes_no_post_twice()
    {
        await Log.AppendAsync(_home, [Drafts.Posts(["a=1"]), Drafts.Posts(["b=1"], ["a"])], Ct);
        _folder.Sql("CREATE TABLE crashed AS SELECT id - 1000 AS id, entries FROM journal");
        await _folder.UntilFoldedAsync(_engine);
        await Log.AppendAsync(_home, Drafts.Posts(["a=2"], ["b"]));
        _folder.Sql("INSERT INTO journal SELECT * FROM crashed"); // Folded, but not removed yet.

        Reopen();

        Assert.Equal(["a=2"], await Log.PostsOfAsync(_home));
        await _folder.UntilFoldedAsync(_engine);
        Assert.Equal(["a=2"], await Log.PostsOfAsync(_home));
    }

    [Fact]
    public async Task Large_posts_go_straight_to_the_table_behind_what_is_in_the_journal()
    {
        (_engine.Posts.MaxPostBytes, _engine.Posts.MaxPageBytes) = (100_000, 1_000_000);
        var large = new string('x', 50_000);
        await Log.AppendAsync(_home, Drafts.Posts(["a=1", "b=1"]));
        await Log.AppendAsync(_home, Drafts.Posts([$"b={large}"], ["a"]));

        Assert.Equal([$"b={large}"], await Log.PostsOfAsync(_home));
        Assert.Equal(1, _folder.Sql("SELECT count(*) FROM post WHERE length(content) = 50000"));
    }

    [Fact]
    public async Task An_append_that_fails_changes_no_post_and_no_bound()
    {
        await Log.AppendAsync(_home, Drafts.Posts(["a=1", "b=1", "c=1", "d=1"]));
        using (_folder.Lock())
        {
            await Assert.ThrowsAsync<StoreUnavailableException>(() => Log.AppendAsync(_home, Drafts.Posts(["e=1"])));
        }

        Assert.False((await Log.AppendAsync(_home, Drafts.Posts(["f=1"]))).Status is PublishStatus.PostsFull);
        Assert.Equal(["f=1", "d=1", "c=1", "b=1", "a=1"], await Log.PostsOfAsync(_home));
    }

    [Fact]
    public async Task The_history_of_an_ended_page_leaves_the_file()
    {
        await Log.AppendAsync(_home, [Drafts.Text("1"), Drafts.Text("2")], Ct);
        await _folder.UntilFoldedAsync(_engine);
        await Log.AppendAsync(_home, UpdateDraft.End(key: null));
        await _folder.UntilFoldedAsync(_engine);

        Assert.Equal(0, _folder.Sql("SELECT count(*) FROM history"));
    }

    [Fact]
    public async Task A_page_that_is_forgotten_takes_its_posts_along()
    {
        await Log.AppendAsync(_home, Drafts.Posts(["a=1"]));
        await _folder.UntilFoldedAsync(_engine);
        _engine.Time.Advance(TimeSpan.FromDays(32));

        await _folder.UntilAsync(_engine, "SELECT count(*) FROM page", 0, TimeSpan.FromMinutes(1));

        Assert.Equal(0, _folder.Sql("SELECT count(*) FROM post"));
        Assert.Equal(PageHead.Empty, (await Log.PostsAsync(_home, Ct)).Page);
        Assert.False((await Log.AppendAsync(_home, Drafts.Posts(["b=1", "c=1", "d=1", "e=1", "f=1"]))).Status is PublishStatus.PostsFull);
    }

    private void Reopen()
    {
        _engine.Dispose();
        _engine = _folder.Open(_engine.History);
    }
}

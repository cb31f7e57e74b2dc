using LiveStreams.Core;
using LiveStreams.TestKit.Engines;

namespace LiveStreams.Sqlite.Tests;

/// <summary>Posts in the journal, in their table, and during a fold.</summary>
public sealed class SqlitePostsTests : OwnFileTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Posts_and_ended_pages_survive_a_restart(bool folded)
    {
        await Log.AppendAsync(Home, [Drafts.Posts(["a=1", "b=1"]), Drafts.Posts(["a~2", "c=1"], ["b"])], Ct);
        await Log.AppendAsync(Other, Drafts.Posts(["x=1"]));
        var end = await Log.AppendAsync(Other, Drafts.End("k"));
        if (folded)
        {
            await Folder.UntilFoldedAsync(Engine);
        }

        Reopen();

        Assert.Equal(["c=1", "a~2"], await Log.PostsOfAsync(Home));
        Assert.Equal(new PageHead(end.Id, 3, IsEnded: true), (await Log.PostsAsync(Other, Ct)).Page);
        Assert.Equal(PublishResult.Repeated(end.Id), await Log.AppendAsync(Other, UpdateDraft.End(key: null)));
        Assert.Equal(
            PublishStatus.PostsFull,
            (await Log.AppendAsync(Home, Drafts.Posts(["d=", "e=", "f=", "g="]))).Status);
        await Log.AppendAsync(Home, Drafts.Posts(["d=1", "a=3"], ["c"]));
        Assert.Equal(["d=1", "a=3"], await Log.PostsOfAsync(Home));
    }

    [Fact]
    public async Task A_fold_does_not_change_the_posts_of_a_page()
    {
        await Log.AppendAsync(Home, Drafts.Posts(["a=1", "b=1"]));
        await Folder.UntilFoldedAsync(Engine);
        await Log.AppendAsync(Home, [Drafts.Posts(["b=2", "c=1"]), Drafts.Posts(["d=1"], ["a"])], Ct);
        Assert.Equal(["d=1", "c=1", "b=2"], await Log.PostsOfAsync(Home));

        await Folder.UntilFoldedAsync(Engine);

        Assert.Equal(["d=1", "c=1", "b=2"], await Log.PostsOfAsync(Home));
        Assert.Equal(3, Folder.Sql("SELECT count(*) FROM post"));
    }

    [Fact]
    public async Task A_crash_during_a_fold_changes_no_post_twice()
    {
        await Log.AppendAsync(Home, [Drafts.Posts(["a=1"]), Drafts.Posts(["b=1"], ["a"])], Ct);
        Folder.Sql("CREATE TABLE crashed AS SELECT id - 1000 AS id, entries FROM journal");
        await Folder.UntilFoldedAsync(Engine);
        await Log.AppendAsync(Home, Drafts.Posts(["a=2"], ["b"]));
        Folder.Sql("INSERT INTO journal SELECT * FROM crashed"); // Folded, but not deleted yet.

        Reopen();

        Assert.Equal(["a=2"], await Log.PostsOfAsync(Home));
        await Folder.UntilFoldedAsync(Engine);
        Assert.Equal(["a=2"], await Log.PostsOfAsync(Home));
    }

    [Fact]
    public async Task Large_posts_are_written_straight_to_the_table_after_the_journal()
    {
        (Engine.Posts.MaxPostBytes, Engine.Posts.MaxPageBytes) = (100_000, 1_000_000);
        var large = new string('x', 50_000);
        await Log.AppendAsync(Home, Drafts.Posts(["a=1", "b=1"]));
        await Log.AppendAsync(Home, Drafts.Posts([$"b={large}"], ["a"]));

        Assert.Equal([$"b={large}"], await Log.PostsOfAsync(Home));
        Assert.Equal(1, Folder.Sql("SELECT count(*) FROM post WHERE length(content) = 50000"));
    }

    [Fact]
    public async Task An_append_that_fails_changes_neither_posts_nor_their_total_size()
    {
        await Log.AppendAsync(Home, Drafts.Posts(["a=1", "b=1", "c=1", "d=1"]));
        using (Folder.Lock())
        {
            await Assert.ThrowsAsync<StoreUnavailableException>(() => Log.AppendAsync(Home, Drafts.Posts(["e=1"])));
        }

        Assert.NotEqual(PublishStatus.PostsFull, (await Log.AppendAsync(Home, Drafts.Posts(["f=1"]))).Status);
        Assert.Equal(["f=1", "d=1", "c=1", "b=1", "a=1"], await Log.PostsOfAsync(Home));
    }

    [Fact]
    public async Task The_history_of_an_ended_page_is_deleted_from_the_file()
    {
        await Log.AppendAsync(Home, [Drafts.Text("1"), Drafts.Text("2")], Ct);
        await Folder.UntilFoldedAsync(Engine);
        await Log.AppendAsync(Home, UpdateDraft.End(key: null));
        await Folder.UntilFoldedAsync(Engine);

        Assert.Equal(0, Folder.Sql("SELECT count(*) FROM history"));
    }

    [Fact]
    public async Task The_posts_of_a_page_are_deleted_with_it()
    {
        await Log.AppendAsync(Home, Drafts.Posts(["a=1"]));
        await Folder.UntilFoldedAsync(Engine);
        Engine.Time.Advance(TimeSpan.FromDays(32));

        await Folder.UntilAsync(Engine, "SELECT count(*) FROM page", 0, TimeSpan.FromMinutes(1));

        Assert.Equal(0, Folder.Sql("SELECT count(*) FROM post"));
        Assert.Equal(PageHead.Empty, (await Log.PostsAsync(Home, Ct)).Page);
        Assert.NotEqual(
            PublishStatus.PostsFull,
            (await Log.AppendAsync(Home, Drafts.Posts(["b=1", "c=1", "d=1", "e=1", "f=1"]))).Status);
    }
}

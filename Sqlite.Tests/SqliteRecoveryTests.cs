using LiveStreams.Core;
using LiveStreams.TestKit.Engines;

namespace LiveStreams.Sqlite.Tests;

/// <summary>Restarts, crashes, folds that fail and appends that fail lose nothing.</summary>
public sealed class SqliteRecoveryTests : OwnFileTests
{
    [Fact]
    public async Task Updates_and_keys_in_the_journal_survive_a_restart()
    {
        Engine.Time.Advance(TimeSpan.FromHours(1));
        var before = await Log.AppendAsync(Home, [Drafts.Text("1", key: "k"), Drafts.Text("2", name: "n")], Ct);
        await Log.AppendAsync(Other, Drafts.Text("live", key: "k", keep: false));

        Reopen();

        Assert.Equal((0, 2), (Folder.Sql(RowsInJournal), Folder.Sql(RowsInHistory)));
        var again = await Log.AppendAsync(Home, Drafts.Text("1", key: "k"));
        Assert.Equal(PublishResult.Repeated(before[0].Id), again);
        var liveAgain = await Log.AppendAsync(Other, Drafts.Text("live", key: "k", keep: false));
        Assert.Equal(PublishResult.Repeated(UpdateId.None), liveAgain);
        Assert.True((await Log.AppendAsync(Home, Drafts.Text("3"))).Id.Follows(before[1].Id));
        var updates = await Log.ReadAllAsync(Home, UpdateId.None);
        Assert.Equal(["1", "2", "3"], updates.Select(update => update.Text()));
        Assert.Equal([null, "n", null], updates.Select(update => update.Event));

        // The clock of the new engine is an hour behind.
        Assert.Single(updates.Select(update => update.Time).Distinct());
    }

    [Fact]
    public async Task A_restart_that_cannot_fold_serves_the_journal_and_folds_it_later()
    {
        var before = await Log.AppendAsync(Home, Drafts.Text("1", key: "k"));
        Engine.Dispose();
        using (Folder.Lock())
        {
            Engine = Folder.Open(Engine.History);
            Assert.Equal(["1"], (await Log.ReadAllAsync(Home, UpdateId.None)).Select(update => update.Text()));
        }

        Assert.True((await Log.AppendAsync(Home, Drafts.Text("1", key: "k"))).IsRepeat);
        Assert.True((await Log.AppendAsync(Home, Drafts.Text("2"))).Id.Follows(before.Id));
        await Folder.UntilFoldedAsync(Engine);
        Assert.Equal(["1", "2"], (await Log.ReadAllAsync(Home, UpdateId.None)).Select(update => update.Text()));
    }

    [Fact]
    public async Task A_crash_during_a_fold_changes_nothing()
    {
        await Log.AppendAsync(Home, [Drafts.Text("1"), Drafts.Text("2", key: "k")], Ct);
        await Log.AppendAsync(Other, Drafts.Text("live", key: "l", keep: false));
        Folder.Sql("CREATE TABLE crashed AS SELECT id - 1000 AS id, entries FROM journal");
        await Folder.UntilFoldedAsync(Engine);
        await Log.AppendAsync(Home, Drafts.Text("3"));
        Folder.Sql("INSERT INTO journal SELECT * FROM crashed"); // Folded, but not deleted yet.

        Reopen();

        Assert.Equal((0, 3), (Folder.Sql(RowsInJournal), Folder.Sql(RowsInHistory)));
        Assert.Equal(["1", "2", "3"], (await Log.ReadAllAsync(Home, UpdateId.None)).Select(update => update.Text()));
        Assert.Equal(2, (await Log.AppendAsync(Home, Drafts.Text("2", key: "k"))).Id.Sequence);
        Assert.True((await Log.AppendAsync(Other, Drafts.Text("live", key: "l", keep: false))).IsRepeat);
        Assert.Equal(4, (await Log.AppendAsync(Home, Drafts.Text("4"))).Id.Sequence);
    }

    [Fact]
    public async Task A_failed_fold_loses_nothing_and_is_tried_again()
    {
        await Log.AppendAsync(Home, [Drafts.Text("1", key: "k"), Drafts.Text("2")], Ct);
        using (Folder.Lock())
        {
            Engine.Time.Advance(TimeSpan.FromSeconds(2));
            await Assert.ThrowsAsync<StoreUnavailableException>(async () => await Log.CheckAsync(Ct));
            Assert.Equal(["1", "2"], (await Log.ReadAllAsync(Home, UpdateId.None)).Select(update => update.Text()));
        }

        Assert.Equal(2, (await Log.HeadAsync(Home, Ct)).Count);
        await Folder.UntilFoldedAsync(Engine);
        Assert.True((await Log.AppendAsync(Home, Drafts.Text("1", key: "k"))).IsRepeat);
        await Log.AppendAsync(Home, Drafts.Text("3"));
        Assert.Equal(["1", "2", "3"], (await Log.ReadAllAsync(Home, UpdateId.None)).Select(update => update.Text()));
    }

    [Fact]
    public async Task An_append_that_fails_leaves_nothing_pending()
    {
        var first = await Log.AppendAsync(Home, Drafts.Text("1", key: "k"));
        using (Folder.Lock())
        {
            await Assert.ThrowsAsync<StoreUnavailableException>(
                () => Log.AppendAsync(Home, Drafts.Text("lost", key: "lost")));
        }

        Assert.Equal(first.Id, (await Log.HeadAsync(Home, Ct)).Head);
        Assert.True((await Log.AppendAsync(Home, Drafts.Text("1", key: "k"))).IsRepeat);
        var next = await Log.AppendAsync(Home, Drafts.Text("2", key: "lost"));
        Assert.True(next.Id.Follows(first.Id) && !next.IsRepeat);
    }
}

using LiveStreams.Core;
using LiveStreams.TestKit.Engines;

namespace LiveStreams.Sqlite.Tests;

/// <summary>The contract on SQLite, and what its file keeps.</summary>
public sealed class SqliteEngineTests : EngineContract
{
    private readonly SqliteFolder _folder = new();

    protected override Task<Engine> OpenAsync(HistoryOptions history) => Task.FromResult(_folder.Open(history));

    protected override Task LoseAllPagesAsync()
    {
        Engine.Dispose();
        _folder.DeleteDatabase();
        Use(_folder.Open(Engine.History));
        return Task.CompletedTask;
    }

    protected override void Close()
    {
        base.Close();
        _folder.Dispose();
    }

    [Fact]
    public async Task Updates_keys_and_epochs_survive_a_restart()
    {
        var before = await Log.AppendAsync(Home, Drafts.Text("a", key: "k"));

        Reopen();

        Assert.Equal(PublishResult.Repeated(before.Id), await Log.AppendAsync(Home, Drafts.Text("a", key: "k")));
        var after = await Log.AppendAsync(Home, Drafts.Text("b"));
        Assert.True(after.Id.Follows(before.Id));
        Assert.Equal(["a", "b"], (await Log.ReadAllAsync(Home, UpdateId.None)).Select(update => update.Text()));
    }

    [Fact]
    public async Task A_locked_database_fails_the_append_and_the_next_one_leaves_no_gap()
    {
        var first = await Log.AppendAsync(Home, Drafts.Text("a"));
        using (_folder.Lock())
        {
            await Assert.ThrowsAsync<StoreUnavailableException>(() => Log.AppendAsync(Home, Drafts.Text("lost")));
        }

        var next = await Log.AppendAsync(Home, Drafts.Text("b"));
        Assert.True(next.Id.Follows(first.Id));
        Assert.Equal(["a", "b"], (await Log.ReadAllAsync(Home, UpdateId.None)).Select(update => update.Text()));
    }

    [Fact]
    public async Task A_key_of_a_live_only_update_is_valid_for_its_page_only()
    {
        await Log.AppendAsync(Home, Drafts.Text("live", key: "k", keep: false));
        Engine.Time.Advance(TimeSpan.FromMinutes(2));
        await Log.CheckAsync(TestContext.Current.CancellationToken);
        await Log.CheckAsync(TestContext.Current.CancellationToken);

        Assert.False((await Log.AppendAsync(Other, Drafts.Text("kept", key: "k"))).IsRepeat);
        Assert.True((await Log.AppendAsync(Home, Drafts.Text("live", key: "k", keep: false))).IsRepeat);
    }

    [Fact]
    public async Task Updates_keys_and_pages_beyond_their_limits_are_deleted_from_the_file()
    {
        for (var n = 0; n < 30; n++)
        {
            await Log.AppendAsync(Home, Drafts.Text($"{n}", key: $"{n}"));
        }

        await _folder.UntilAsync(Engine, "SELECT count(*) FROM history", 10, TimeSpan.FromSeconds(1));
        await _folder.UntilAsync(Engine, "SELECT count(*) FROM history", 0, TimeSpan.FromHours(25));
        await _folder.UntilAsync(Engine, "SELECT count(*) FROM idempotency", 0, TimeSpan.FromMinutes(1));
        Assert.Equal(1, _folder.Sql("SELECT count(*) FROM page"));
        Assert.Equal(31, (await Log.AppendAsync(Home, Drafts.Text("next"))).Id.Sequence);
        await _folder.UntilAsync(Engine, "SELECT count(*) FROM page", 0, TimeSpan.FromDays(31));
        Assert.Equal(1, (await Log.AppendAsync(Home, Drafts.Text("anew"))).Id.Sequence);
    }

    private void Reopen()
    {
        Engine.Dispose();
        Use(_folder.Open(Engine.History));
    }
}

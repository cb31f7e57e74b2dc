using LiveStreams.Core;
using LiveStreams.TestKit.Engines;

namespace LiveStreams.Sqlite.Tests;

public sealed class SqliteEngineTests : EngineContract
{
    private readonly SqliteFolder _folder = new();

    protected override Task<Engine> OpenAsync(HistoryOptions history) => Task.FromResult(_folder.Open(history));

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
    public void A_second_process_on_the_same_file_is_told_so()
    {
        _ = Log;

        var error = Assert.Throws<StoreFileException>(() => _folder.Open(new HistoryOptions()));

        Assert.Contains($"Another process uses {_folder.DatabasePath}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_something_else_is_refused_and_left_as_it_is()
    {
        File.WriteAllText(_folder.OtherPath, new string('x', 5000));

        Assert.Throws<StoreFileException>(() => SqliteFolder.Open(new HistoryOptions(), _folder.OtherPath));
        Assert.Equal(new string('x', 5000), File.ReadAllText(_folder.OtherPath));
    }

    [Fact]
    public void A_database_of_another_program_is_refused()
    {
        _folder.Sql("CREATE TABLE recipe (name TEXT)", _folder.OtherPath);

        var error = Assert.Throws<StoreFileException>(() => SqliteFolder.Open(new HistoryOptions(), _folder.OtherPath));

        Assert.Contains("is not a database of this version", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_locked_database_fails_the_append_and_the_next_one_goes_on_without_a_gap()
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
    public async Task A_page_with_live_only_updates_keeps_its_keys_to_itself()
    {
        await Log.AppendAsync(Home, Drafts.Text("live", key: "k", keep: false));
        Engine.Time.Advance(TimeSpan.FromMinutes(2));
        await Log.CheckAsync(TestContext.Current.CancellationToken);
        await Log.CheckAsync(TestContext.Current.CancellationToken);

        Assert.False((await Log.AppendAsync(Other, Drafts.Text("kept", key: "k"))).IsRepeat);
        Assert.True((await Log.AppendAsync(Home, Drafts.Text("live", key: "k", keep: false))).IsRepeat);
    }

    [Fact]
    public async Task What_is_over_the_limits_leaves_the_file()
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

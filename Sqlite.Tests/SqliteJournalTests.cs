using LiveStreams.Core;
using LiveStreams.TestKit.Engines;

namespace LiveStreams.Sqlite.Tests;

/// <summary>The journal of the SQLite engine: nobody can tell what has been folded from what has not.</summary>
public sealed class SqliteJournalTests : IDisposable
{
    private const string RowsInJournal = "SELECT count(*) FROM journal";
    private const string RowsInHistory = "SELECT count(*) FROM history";

    private static readonly PageId _home = PageId.Parse("home");
    private static readonly PageId _other = PageId.Parse("other/page ✓");
    private readonly SqliteFolder _folder = new();
    private Engine _engine;

    public SqliteJournalTests() => _engine = _folder.Open(new HistoryOptions());

    private IPageLog Log => _engine.Log;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _engine.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task An_append_is_one_row_and_a_quiet_second_folds_all_of_them()
    {
        await Log.AppendAsync(_home, [Drafts.Text("1"), Drafts.Text("2")], Ct);
        await Log.AppendAsync(_other, Drafts.Text("1"));

        Assert.Equal((2, 0), (_folder.Sql(RowsInJournal), _folder.Sql(RowsInHistory)));
        await _folder.UntilFoldedAsync(_engine);
        Assert.Equal(3, _folder.Sql(RowsInHistory));
    }

    [Fact]
    public async Task What_is_read_is_the_same_before_and_after_a_fold_and_across_it()
    {
        await Log.AppendAsync(_home, [Drafts.Text(""), Drafts.Text("line\r\nline ✓", name: "score ✓")], Ct);
        await _folder.UntilFoldedAsync(_engine);
        await Log.AppendAsync(_home, [Drafts.Text("\0"), Drafts.Text("4", key: "k", name: "n")], Ct);
        var (head, updates) = (await Log.HeadAsync(_home, Ct), await ReadAsync());

        await _folder.UntilFoldedAsync(_engine);

        Assert.Equal(["", "line\r\nline ✓", "\0", "4"], updates.Select(update => update.Text));
        Assert.Equal(head, await Log.HeadAsync(_home, Ct));
        Assert.Equal(updates, await ReadAsync());

        async Task<List<(UpdateId Id, string? Event, string Text, DateTimeOffset Time)>> ReadAsync() =>
            [.. (await Log.ReadAllAsync(_home, UpdateId.None)).Select(update => (update.Id, update.Event, update.Text(), update.Time))];
    }

    [Fact]
    public async Task A_block_goes_on_from_history_into_the_journal_within_its_limits()
    {
        var large = new string('x', HistoryBlock.MaxBytes / 2);
        var first = await Log.AppendAsync(_home, [Drafts.Text("1"), Drafts.Text("2")], Ct);
        await _folder.UntilFoldedAsync(_engine);
        await Log.AppendAsync(_home, [Drafts.Text("3"), Drafts.Text(large), Drafts.Text(large), Drafts.Text("6")], Ct);

        Assert.Equal([2, 3], await SequencesAsync(first[0].Id, limit: 2));
        Assert.Equal([2], await SequencesAsync(first[0].Id, limit: 1));
        Assert.Equal([1, 2, 3, 4], await SequencesAsync(UpdateId.None, limit: 10));
        Assert.Equal([6], await SequencesAsync(first[0].Id.Before(6), limit: 10));

        async Task<IEnumerable<long>> SequencesAsync(UpdateId after, int limit) =>
            (await Log.ReadAsync(_home, after, limit, Ct)).Updates.Select(update => update.Id.Sequence);
    }

    [Fact]
    public async Task A_restart_finds_what_was_in_the_journal()
    {
        _engine.Time.Advance(TimeSpan.FromHours(1));
        var before = await Log.AppendAsync(_home, [Drafts.Text("1", key: "k"), Drafts.Text("2", name: "n")], Ct);
        await Log.AppendAsync(_other, Drafts.Text("live", key: "k", keep: false));

        Reopen();

        Assert.Equal((0, 2), (_folder.Sql(RowsInJournal), _folder.Sql(RowsInHistory)));
        Assert.Equal(PublishResult.Repeated(before[0].Id), await Log.AppendAsync(_home, Drafts.Text("1", key: "k")));
        Assert.Equal(PublishResult.Repeated(UpdateId.None), await Log.AppendAsync(_other, Drafts.Text("live", key: "k", keep: false)));
        Assert.True((await Log.AppendAsync(_home, Drafts.Text("3"))).Id.Follows(before[1].Id));
        var updates = await Log.ReadAllAsync(_home, UpdateId.None);
        Assert.Equal(["1", "2", "3"], updates.Select(update => update.Text()));
        Assert.Equal([null, "n", null], updates.Select(update => update.Event));
        Assert.Single(updates.Select(update => update.Time).Distinct()); // The clock is an hour behind now.
    }

    [Fact]
    public async Task A_restart_that_cannot_fold_serves_what_is_in_the_journal_and_folds_it_later()
    {
        var before = await Log.AppendAsync(_home, Drafts.Text("1", key: "k"));
        _engine.Dispose();
        using (_folder.Lock())
        {
            _engine = _folder.Open(_engine.History);
            Assert.Equal(["1"], (await Log.ReadAllAsync(_home, UpdateId.None)).Select(update => update.Text()));
        }

        Assert.True((await Log.AppendAsync(_home, Drafts.Text("1", key: "k"))).IsRepeat);
        Assert.True((await Log.AppendAsync(_home, Drafts.Text("2"))).Id.Follows(before.Id));
        await _folder.UntilFoldedAsync(_engine);
        Assert.Equal(["1", "2"], (await Log.ReadAllAsync(_home, UpdateId.None)).Select(update => update.Text()));
    }

    [Fact]
    public async Task A_crash_in_the_middle_of_folding_changes_nothing()
    {
        await Log.AppendAsync(_home, [Drafts.Text("1"), Drafts.Text("2", key: "k")], Ct);
        await Log.AppendAsync(_other, Drafts.Text("live", key: "l", keep: false));
        _folder.Sql("CREATE TABLE crashed AS SELECT id - 1000 AS id, entries FROM journal");
        await _folder.UntilFoldedAsync(_engine);
        await Log.AppendAsync(_home, Drafts.Text("3"));
        _folder.Sql("INSERT INTO journal SELECT * FROM crashed"); // Folded, but not removed yet.

        Reopen();

        Assert.Equal((0, 3), (_folder.Sql(RowsInJournal), _folder.Sql(RowsInHistory)));
        Assert.Equal(["1", "2", "3"], (await Log.ReadAllAsync(_home, UpdateId.None)).Select(update => update.Text()));
        Assert.Equal(2, (await Log.AppendAsync(_home, Drafts.Text("2", key: "k"))).Id.Sequence);
        Assert.True((await Log.AppendAsync(_other, Drafts.Text("live", key: "l", keep: false))).IsRepeat);
        Assert.Equal(4, (await Log.AppendAsync(_home, Drafts.Text("4"))).Id.Sequence);
    }

    [Fact]
    public async Task A_fold_that_fails_loses_nothing_and_is_tried_again()
    {
        await Log.AppendAsync(_home, [Drafts.Text("1", key: "k"), Drafts.Text("2")], Ct);
        using (_folder.Lock())
        {
            _engine.Time.Advance(TimeSpan.FromSeconds(2));
            await Assert.ThrowsAsync<StoreUnavailableException>(async () => await Log.CheckAsync(Ct));
            Assert.Equal(["1", "2"], (await Log.ReadAllAsync(_home, UpdateId.None)).Select(update => update.Text()));
        }

        Assert.Equal(2, (await Log.HeadAsync(_home, Ct)).Count);
        await _folder.UntilFoldedAsync(_engine);
        Assert.True((await Log.AppendAsync(_home, Drafts.Text("1", key: "k"))).IsRepeat);
        await Log.AppendAsync(_home, Drafts.Text("3"));
        Assert.Equal(["1", "2", "3"], (await Log.ReadAllAsync(_home, UpdateId.None)).Select(update => update.Text()));
    }

    [Fact]
    public async Task An_append_that_fails_leaves_nothing_pending()
    {
        var first = await Log.AppendAsync(_home, Drafts.Text("1", key: "k"));
        using (_folder.Lock())
        {
            await Assert.ThrowsAsync<StoreUnavailableException>(() => Log.AppendAsync(_home, Drafts.Text("lost", key: "lost")));
        }

        Assert.Equal(first.Id, (await Log.HeadAsync(_home, Ct)).Head);
        Assert.True((await Log.AppendAsync(_home, Drafts.Text("1", key: "k"))).IsRepeat);
        var next = await Log.AppendAsync(_home, Drafts.Text("2", key: "lost"));
        Assert.True(next.Id.Follows(first.Id) && !next.IsRepeat);
    }

    [Fact]
    public async Task A_key_is_forgotten_after_ten_minutes_in_the_journal_too()
    {
        await Log.AppendAsync(_home, Drafts.Text("1", key: "k"));
        using (_folder.Lock())
        {
            _engine.Time.Advance(TimeSpan.FromMinutes(10));
            await Assert.ThrowsAsync<StoreUnavailableException>(async () => await Log.CheckAsync(Ct));
        }

        Assert.True((await Log.AppendAsync(_home, Drafts.Text("1", key: "k"))).IsRepeat);
        _engine.Time.Advance(TimeSpan.FromMilliseconds(1));
        var anew = await Log.AppendAsync(_home, Drafts.Text("2", key: "k"));
        Assert.False(anew.IsRepeat);

        Reopen();
        _engine.Time.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(PublishResult.Repeated(anew.Id), await Log.AppendAsync(_home, Drafts.Text("2", key: "k")));
    }

    [Fact]
    public async Task A_burst_over_the_limit_leaves_no_hole_for_a_limit_that_is_raised_later()
    {
        _engine.History.MaxUpdates = 10;
        await Log.AppendAsync(_home, [.. Enumerable.Range(1, 5).Select(n => Drafts.Text($"{n}"))], Ct);
        await _folder.UntilFoldedAsync(_engine);
        await Log.AppendAsync(_home, [.. Enumerable.Range(6, 30).Select(n => Drafts.Text($"{n}"))], Ct);
        await _folder.UntilFoldedAsync(_engine);
        Assert.Equal(10, _folder.Sql(RowsInHistory));

        _engine.History.MaxUpdates = 1000;
        Reopen();

        var head = await Log.HeadAsync(_home, Ct);
        Assert.Equal(10, head.Count);
        Assert.Equal(
            Enumerable.Range(26, 10).Select(n => $"{n}"),
            (await Log.ReadAllAsync(_home, head.Earliest)).Select(update => update.Text()));
    }

    [Fact]
    public async Task A_page_of_which_much_is_over_a_lowered_limit_is_trimmed_in_steps_without_a_hole()
    {
        _engine.History.MaxUpdates = 10_000;
        await Log.AppendAsync(_home, [.. Enumerable.Range(1, 9000).Select(n => Drafts.Text($"{n}"))], Ct);
        await _folder.UntilFoldedAsync(_engine);
        _engine.History.MaxUpdates = 10;
        await Log.AppendAsync(_home, [.. Enumerable.Range(9001, 100).Select(n => Drafts.Text($"{n}"))], Ct);

        await _folder.UntilFoldedAsync(_engine);

        Assert.Equal(_folder.Sql(RowsInHistory), _folder.Sql("SELECT max(sequence) - min(sequence) + 1 FROM history"));
        await _folder.UntilAsync(_engine, RowsInHistory, 10, TimeSpan.FromMinutes(1));
        Assert.Equal(new PageHead((await Log.HeadAsync(_home, Ct)).Head, 9091), await Log.HeadAsync(_home, Ct));
    }

    [Fact]
    public async Task A_steady_load_keeps_the_journal_and_the_file_small()
    {
        const int Megabyte = 1024 * 1024;
        _engine.History.MaxUpdates = 10;
        var drafts = Enumerable.Repeat(Drafts.Text(new string('x', 2048)), Megabyte / 2048).ToArray();
        var most = 0L;
        for (var n = 0; n < 60; n++)
        {
            await Log.AppendAsync(n % 2 == 0 ? _home : _other, drafts, Ct);
            most = Math.Max(most, _folder.Sql(RowsInJournal) ?? 0);
        }

        Assert.InRange(most, 1, 16);
        Assert.InRange(new FileInfo(_folder.DatabasePath).Length, 1, 20 * Megabyte);
        Assert.Equal(10, (await Log.HeadAsync(_home, Ct)).Count);
    }

    [Fact]
    public async Task Large_updates_go_straight_to_history_behind_what_is_in_the_journal()
    {
        var large = new string('x', 10_000);
        await Log.AppendAsync(_home, [Drafts.Text("1"), Drafts.Text("2", key: "k")], Ct);
        await Log.AppendAsync(_home, Drafts.Text(large, key: "large"));

        Assert.Equal((1, 3), (_folder.Sql(RowsInJournal), _folder.Sql(RowsInHistory)));
        await Log.AppendAsync(_home, Drafts.Text("4"));
        Reopen();
        Assert.Equal(["1", "2", large, "4"], (await Log.ReadAllAsync(_home, UpdateId.None)).Select(update => update.Text()));
        Assert.Equal(2, (await Log.AppendAsync(_home, Drafts.Text("2", key: "k"))).Id.Sequence);
        Assert.Equal(3, (await Log.AppendAsync(_home, Drafts.Text(large, key: "large"))).Id.Sequence);
        Assert.Equal(5, (await Log.AppendAsync(_home, Drafts.Text("5"))).Id.Sequence);
    }

    [Theory]
    [InlineData(1, "")]
    [InlineData(2, "CREATE TABLE journal (id INTEGER PRIMARY KEY, entries BLOB NOT NULL);")]
    public async Task A_file_of_an_earlier_version_gets_what_it_lacks(int version, string journal)
    {
        _folder.Sql(
            $"""
            CREATE TABLE page (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE,
                epoch INTEGER NOT NULL, sequence INTEGER NOT NULL, time INTEGER NOT NULL);
            CREATE TABLE history (page INTEGER NOT NULL, sequence INTEGER NOT NULL, time INTEGER NOT NULL, event TEXT, data BLOB NOT NULL,
                PRIMARY KEY (page, sequence)) WITHOUT ROWID;
            CREATE TABLE idempotency (id INTEGER PRIMARY KEY, page INTEGER NOT NULL, key TEXT NOT NULL,
                sequence INTEGER NOT NULL, time INTEGER NOT NULL, UNIQUE (page, key));
            CREATE TABLE written (id INTEGER PRIMARY KEY, times INTEGER NOT NULL);
            INSERT INTO written VALUES (1, 0);
            INSERT INTO page VALUES (1, 'home', 7, 2, 1767225600000);
            INSERT INTO history VALUES (1, 1, 1767225600000, NULL, CAST('one' AS BLOB)), (1, 2, 1767225600000, 'n', CAST('two' AS BLOB));
            INSERT INTO idempotency VALUES (1, 1, 'k', 2, 1767225600000);
            {journal}
            PRAGMA user_version = {version};
            """,
            _folder.OtherPath);
        _engine.Dispose();
        _engine = SqliteFolder.Open(new HistoryOptions(), _folder.OtherPath);

        Assert.Equal(PublishResult.Repeated(new UpdateId(7, 2)), await Log.AppendAsync(_home, Drafts.Text("two", key: "k")));
        Assert.Equal(new UpdateId(7, 3), (await Log.AppendAsync(_home, Drafts.Text("three"))).Id);
        Assert.Equal(["one", "two", "three"], (await Log.ReadAllAsync(_home, UpdateId.None)).Select(update => update.Text()));
        await Log.AppendAsync(_home, Drafts.Posts(["a=1"]));
        Assert.Equal(["a=1"], await Log.PostsOfAsync(_home));
    }

    [Fact]
    public void A_file_of_a_later_version_is_refused()
    {
        _folder.Sql("PRAGMA user_version = 4", _folder.OtherPath);

        Assert.Throws<StoreFileException>(() => SqliteFolder.Open(new HistoryOptions(), _folder.OtherPath));
    }

    private void Reopen()
    {
        _engine.Dispose();
        _engine = _folder.Open(_engine.History);
    }
}

using LiveStreams.Core;
using LiveStreams.TestKit.Engines;

namespace LiveStreams.Sqlite.Tests;

/// <summary>Searches by time in the file, and a clock that is set back.</summary>
public sealed class SqliteTimesTests : OwnFileTests
{
    private static readonly TimeSpan _minute = TimeSpan.FromMinutes(1);

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task A_search_by_time_takes_no_longer_when_updates_are_large()
    {
        var start = Engine.Time.GetUtcNow();
        var large = new string('x', 256 * 1024);
        for (var n = 0; n < 300; n++)
        {
            await Log.AppendAsync(Home, Drafts.Text(large));
            await Log.AppendAsync(Other, Drafts.Text("x"));
            Engine.Time.Advance(_minute);
        }

        await Folder.UntilFoldedAsync(Engine);
        await SearchAsync(Other);
        var small = await SearchAsync(Other);

        Assert.InRange(await SearchAsync(Home), TimeSpan.Zero, (5 * small) + TimeSpan.FromMilliseconds(50));

        async Task<TimeSpan> SearchAsync(PageId page)
        {
            var begin = TimeProvider.System.GetTimestamp();
            for (var n = 0; n < 300; n++)
            {
                Assert.Equal(n, (await Log.PositionAtAsync(page, start + (n * _minute), Ct)).Sequence);
            }

            return TimeProvider.System.GetElapsedTime(begin);
        }
    }

    [Fact]
    public async Task A_head_is_found_as_fast_before_rows_over_the_limit_are_trimmed()
    {
        const int Rows = 300_000;
        Engine.History.MaxUpdates = 10;
        await AppendAsync("a");
        await Log.AppendAsync(Other, Drafts.Text("a"));
        await Folder.UntilFoldedAsync(Engine);
        Engine.Dispose();
        var time = Engine.Time.GetUtcNow().ToUnixTimeMilliseconds();
        Folder.Sql(
            $"""
            WITH RECURSIVE row (sequence) AS (SELECT 2 UNION ALL SELECT sequence + 1 FROM row WHERE sequence < {Rows})
                INSERT INTO history (page, sequence, time, data)
                SELECT id, row.sequence, {time}, 'a' FROM page, row WHERE name = 'home';
            UPDATE page SET sequence = {Rows} WHERE name = 'home';
            """);
        Reopen();
        await ReadAsync(Other);
        var few = await ReadAsync(Other);

        Assert.InRange(await ReadAsync(Home), TimeSpan.Zero, (5 * few) + TimeSpan.FromMilliseconds(50));
        var head = await Log.HeadAsync(Home, Ct);
        Assert.Equal((Rows - 9, Rows), (head.OldestSequence, head.Head.Sequence));

        async Task<TimeSpan> ReadAsync(PageId page)
        {
            var begin = TimeProvider.System.GetTimestamp();
            for (var n = 0; n < 100; n++)
            {
                await Log.HeadAsync(page, Ct);
            }

            return TimeProvider.System.GetElapsedTime(begin);
        }
    }

    [Fact]
    public async Task A_position_is_found_by_time_in_the_file_and_in_the_journal()
    {
        var start = Engine.Time.GetUtcNow();
        await AppendAsync("1", "2");
        await Folder.UntilFoldedAsync(Engine);
        var later = Engine.Time.GetUtcNow();
        await AppendAsync("3", "4");
        Assert.NotEqual(0, Folder.Sql(RowsInJournal));

        Assert.Equal(0, (await Log.PositionAtAsync(Home, start, Ct)).Sequence);
        Assert.Equal(2, (await Log.PositionAtAsync(Home, later, Ct)).Sequence);
        Assert.Equal(4, (await Log.PositionAtAsync(Home, later + TimeSpan.FromMilliseconds(1), Ct)).Sequence);
        Reopen();
        Engine.Time.AdjustTime(later + _minute);
        Assert.Equal(2, (await Log.PositionAtAsync(Home, later, Ct)).Sequence);
    }

    [Fact]
    public async Task A_page_that_receives_nothing_after_the_clock_was_set_back_ages_too()
    {
        var now = Engine.Time.GetUtcNow();
        Engine.Time.AdjustTime(now.AddYears(10));
        await Log.AppendAsync(Home, Drafts.Text("a", key: "k"));
        await Folder.UntilFoldedAsync(Engine);
        Engine.Time.AdjustTime(now);

        await Folder.UntilAsync(Engine, LaterThan("history"), 0, _minute);
        Assert.Equal(0, Folder.Sql(LaterThan("idempotency")));
        Assert.Equal(1, (await Log.HeadAsync(Home, Ct)).Count);

        await Folder.UntilAsync(Engine, RowsInHistory, 0, TimeSpan.FromHours(25));
        await Folder.UntilAsync(Engine, "SELECT count(*) FROM idempotency", 0, _minute);

        string LaterThan(string table) =>
            $"SELECT count(*) FROM {table} WHERE time > {now.AddYears(1).ToUnixTimeMilliseconds()}";
    }

    [Fact]
    public async Task A_key_that_was_used_while_the_clock_was_far_ahead_expires()
    {
        var now = Engine.Time.GetUtcNow();
        Engine.Time.AdjustTime(now.AddYears(10));
        var first = await Log.AppendAsync(Home, Drafts.Text("a", key: "k"));
        Engine.Time.AdjustTime(now);

        Assert.Equal(PublishResult.Repeated(first.Id), await Log.AppendAsync(Home, Drafts.Text("a", key: "k")));
        await Log.AppendAsync(Home, Drafts.Text("b"));
        Engine.Time.AdjustTime(now + UpdateDraft.KeyLifetime + _minute);

        Assert.False((await Log.AppendAsync(Home, Drafts.Text("a", key: "k"))).IsRepeat);
    }

    [Fact]
    public async Task The_file_is_trimmed_after_the_clock_was_set_back()
    {
        var now = Engine.Time.GetUtcNow();
        Engine.Time.AdjustTime(now.AddYears(10));
        await Log.CheckAsync(Ct);
        Engine.Time.Advance(_minute);
        await Log.CheckAsync(Ct);
        Engine.Time.AdjustTime(now);
        await Log.AppendAsync(Home, Drafts.Text("a"));
        await Folder.UntilFoldedAsync(Engine);

        await Folder.UntilAsync(Engine, RowsInHistory, 0, TimeSpan.FromHours(25));
    }

    [Fact]
    public async Task A_clock_that_is_set_back_several_times_leaves_history_in_the_order_of_time()
    {
        Engine.History.MaxAge = TimeSpan.FromDays(365);
        var now = Engine.Time.GetUtcNow();
        foreach (var days in new[] { 0, 20, 0, 10, 30, 1, 0 })
        {
            Engine.Time.AdjustTime((now += _minute).AddDays(days));
            await AppendAsync("a", "b");
            await Log.AppendAsync(Home, Drafts.Text("live", keep: false));
        }

        await AssertInOrderAsync();
        await Folder.UntilFoldedAsync(Engine);
        await AssertInOrderAsync();

        async Task AssertInOrderAsync()
        {
            var times = (await Log.ReadAllAsync(Home, UpdateId.None)).Select(update => update.Time).ToList();
            Assert.Equal(14, times.Count);
            Assert.Equal(times.Order(), times);
            Assert.InRange(times[^1], now, now + _minute);
        }
    }

    private async Task AppendAsync(params string[] texts)
    {
        foreach (var text in texts)
        {
            await Log.AppendAsync(Home, Drafts.Text(text));
        }
    }
}

using LiveStreams.Core;
using LiveStreams.TestKit.Engines;

namespace LiveStreams.Sqlite.Tests;

/// <summary>What is read and stored while updates are in the journal, and after they are folded into history.</summary>
public sealed class SqliteJournalTests : OwnFileTests
{
    [Fact]
    public async Task An_append_is_one_row_and_all_rows_are_folded_after_a_second_without_appends()
    {
        await Log.AppendAsync(Home, [Drafts.Text("1"), Drafts.Text("2")], Ct);
        await Log.AppendAsync(Other, Drafts.Text("1"));

        Assert.Equal((2, 0), (Folder.Sql(RowsInJournal), Folder.Sql(RowsInHistory)));
        await Folder.UntilFoldedAsync(Engine);
        Assert.Equal(3, Folder.Sql(RowsInHistory));
    }

    [Fact]
    public async Task A_fold_does_not_change_what_is_read()
    {
        await Log.AppendAsync(Home, [Drafts.Text(""), Drafts.Text("line\r\nline ✓", name: "score ✓")], Ct);
        await Folder.UntilFoldedAsync(Engine);
        await Log.AppendAsync(Home, [Drafts.Text("\0"), Drafts.Text("4", key: "k", name: "n")], Ct);
        var (head, updates) = (await Log.HeadAsync(Home, Ct), await ReadAsync());

        await Folder.UntilFoldedAsync(Engine);

        Assert.Equal(["", "line\r\nline ✓", "\0", "4"], updates.Select(update => update.Text));
        Assert.Equal(head, await Log.HeadAsync(Home, Ct));
        Assert.Equal(updates, await ReadAsync());

        async Task<List<(UpdateId Id, string? Event, string Text, DateTimeOffset Time)>> ReadAsync() =>
        [
            .. (await Log.ReadAllAsync(Home, UpdateId.None))
                .Select(update => (update.Id, update.Event, update.Text(), update.Time)),
        ];
    }

    [Fact]
    public async Task A_block_continues_from_history_into_the_journal_within_its_limits()
    {
        var large = new string('x', HistoryBlock.MaxBytes / 2);
        var first = await Log.AppendAsync(Home, [Drafts.Text("1"), Drafts.Text("2")], Ct);
        await Folder.UntilFoldedAsync(Engine);
        await Log.AppendAsync(Home, [Drafts.Text("3"), Drafts.Text(large), Drafts.Text(large), Drafts.Text("6")], Ct);

        Assert.Equal([2, 3], await SequencesAsync(first[0].Id, limit: 2));
        Assert.Equal([2], await SequencesAsync(first[0].Id, limit: 1));
        Assert.Equal([1, 2, 3, 4], await SequencesAsync(UpdateId.None, limit: 10));
        Assert.Equal([6], await SequencesAsync(first[0].Id.Before(6), limit: 10));

        async Task<IEnumerable<long>> SequencesAsync(UpdateId after, int limit) =>
            (await Log.ReadAsync(Home, after, limit, Ct)).Updates.Select(update => update.Id.Sequence);
    }

    [Fact]
    [Trait(Tier.Name, Tier.All)]
    public async Task A_key_in_the_journal_is_valid_for_ten_minutes()
    {
        await Log.AppendAsync(Home, Drafts.Text("1", key: "k"));
        using (Folder.Lock())
        {
            Engine.Time.Advance(TimeSpan.FromMinutes(10));
            await Assert.ThrowsAsync<StoreUnavailableException>(async () => await Log.CheckAsync(Ct));
        }

        Assert.True((await Log.AppendAsync(Home, Drafts.Text("1", key: "k"))).IsRepeat);
        Engine.Time.Advance(TimeSpan.FromMilliseconds(1));
        var anew = await Log.AppendAsync(Home, Drafts.Text("2", key: "k"));
        Assert.False(anew.IsRepeat);

        Reopen();
        Engine.Time.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(PublishResult.Repeated(anew.Id), await Log.AppendAsync(Home, Drafts.Text("2", key: "k")));
    }

    [Fact]
    public async Task A_burst_beyond_the_limit_leaves_no_gap_when_the_limit_is_raised_later()
    {
        Engine.History.MaxUpdates = 10;
        await Log.AppendAsync(Home, [.. Enumerable.Range(1, 5).Select(n => Drafts.Text($"{n}"))], Ct);
        await Folder.UntilFoldedAsync(Engine);
        await Log.AppendAsync(Home, [.. Enumerable.Range(6, 30).Select(n => Drafts.Text($"{n}"))], Ct);
        await Folder.UntilFoldedAsync(Engine);
        Assert.Equal(10, Folder.Sql(RowsInHistory));

        Engine.History.MaxUpdates = 1000;
        Reopen();

        var head = await Log.HeadAsync(Home, Ct);
        Assert.Equal(10, head.Count);
        Assert.Equal(
            Enumerable.Range(26, 10).Select(n => $"{n}"),
            (await Log.ReadAllAsync(Home, head.Earliest)).Select(update => update.Text()));
    }

    [Fact]
    public async Task A_page_far_beyond_a_lowered_limit_is_trimmed_in_steps_without_a_gap()
    {
        Engine.History.MaxUpdates = 10_000;
        await Log.AppendAsync(Home, [.. Enumerable.Range(1, 9000).Select(n => Drafts.Text($"{n}"))], Ct);
        await Folder.UntilFoldedAsync(Engine);
        Engine.History.MaxUpdates = 10;
        await Log.AppendAsync(Home, [.. Enumerable.Range(9001, 100).Select(n => Drafts.Text($"{n}"))], Ct);

        await Folder.UntilFoldedAsync(Engine);

        Assert.Equal(Folder.Sql(RowsInHistory), Folder.Sql("SELECT max(sequence) - min(sequence) + 1 FROM history"));
        await Folder.UntilAsync(Engine, RowsInHistory, 10, TimeSpan.FromMinutes(1));
        Assert.Equal(new PageHead((await Log.HeadAsync(Home, Ct)).Head, 9091), await Log.HeadAsync(Home, Ct));
    }

    [Fact]
    public async Task A_steady_load_keeps_the_journal_and_the_file_small()
    {
        const int Megabyte = 1024 * 1024;
        Engine.History.MaxUpdates = 10;
        var drafts = Enumerable.Repeat(Drafts.Text(new string('x', 2048)), Megabyte / 2048).ToArray();
        var most = 0L;
        for (var n = 0; n < 60; n++)
        {
            await Log.AppendAsync(n % 2 == 0 ? Home : Other, drafts, Ct);
            most = Math.Max(most, Folder.Sql(RowsInJournal) ?? 0);
        }

        Assert.InRange(most, 1, 16);
        Assert.InRange(new FileInfo(Folder.DatabasePath).Length, 1, 20 * Megabyte);
        Assert.Equal(10, (await Log.HeadAsync(Home, Ct)).Count);
    }

    [Fact]
    public async Task Large_updates_are_written_straight_to_history_after_the_journal()
    {
        var large = new string('x', 10_000);
        await Log.AppendAsync(Home, [Drafts.Text("1"), Drafts.Text("2", key: "k")], Ct);
        await Log.AppendAsync(Home, Drafts.Text(large, key: "large"));

        Assert.Equal((1, 3), (Folder.Sql(RowsInJournal), Folder.Sql(RowsInHistory)));
        await Log.AppendAsync(Home, Drafts.Text("4"));
        Reopen();
        var updates = await Log.ReadAllAsync(Home, UpdateId.None);
        Assert.Equal(["1", "2", large, "4"], updates.Select(update => update.Text()));
        Assert.Equal(2, (await Log.AppendAsync(Home, Drafts.Text("2", key: "k"))).Id.Sequence);
        Assert.Equal(3, (await Log.AppendAsync(Home, Drafts.Text(large, key: "large"))).Id.Sequence);
        Assert.Equal(5, (await Log.AppendAsync(Home, Drafts.Text("5"))).Id.Sequence);
    }
}

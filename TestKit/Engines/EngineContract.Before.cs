using LiveStreams.Core;

namespace LiveStreams.TestKit.Engines;

public abstract partial class EngineContract
{
    [Theory]
    [InlineData(6, 2, "4 5")]
    [InlineData(6, 5, "1 2 3 4 5")]
    [InlineData(6, 9, "1 2 3 4 5")]
    [InlineData(2, 1, "1")]
    [InlineData(1, 5, "")]
    public async Task A_read_before_an_update_has_the_newest_that_are_older_in_ascending_order(
        int before, int limit, string texts)
    {
        var head = (await Log.AppendAsync(Home, NumberedDrafts(6), Ct))[^1].Id;

        var block = await Log.ReadBeforeAsync(Home, new UpdateId(head.Epoch, before), limit, Ct);

        AssertBlock(block, texts);
        Assert.Equal(new PageHead(head, 1), block.Page);
        Assert.Equal(block.Updates.Count == limit, block.IsFull);
        var after = block.Updates.Count == 0 ? head.Before(1) : head.Before(block.Updates[0].Id.Sequence);
        Assert.Equal(block.Updates, (await Log.ReadAsync(Home, after, 10, Ct)).Updates.Take(block.Updates.Count), Same);
    }

    [Theory]
    [InlineData(15, 3, "12 13 14")]
    [InlineData(15, 9, "11 12 13 14")]
    [InlineData(11, 3, "")]
    [InlineData(5, 3, "")]
    public async Task A_read_before_an_update_has_only_what_is_kept_and_no_reset(int before, int limit, string texts)
    {
        var head = (await Log.AppendAsync(Home, NumberedDrafts(20), Ct))[^1].Id;

        var block = await Log.ReadBeforeAsync(Home, new UpdateId(head.Epoch, before), limit, Ct);

        AssertBlock(block, texts);
        Assert.Equal(new PageHead(head, 11), block.Page);
    }

    [Fact]
    public async Task A_read_before_an_update_does_not_have_what_is_too_old()
    {
        await Log.AppendAsync(Home, NumberedDrafts(3), Ct);
        Engine.Time.Advance(TimeSpan.FromHours(13));
        var head = (await Log.AppendAsync(Home, NumberedDrafts(2), Ct))[^1].Id;
        Engine.Time.Advance(TimeSpan.FromHours(12));

        AssertBlock(await Log.ReadBeforeAsync(Home, head, 10, Ct), "1");
    }

    [Fact]
    public async Task A_read_before_an_update_does_not_pass_the_end_of_a_page()
    {
        UpdateDraft[] drafts = [Drafts.Text("a"), UpdateDraft.End(key: null), Drafts.Text("b"), Drafts.Text("c")];
        var results = await Log.AppendAsync(Home, drafts, Ct);

        AssertBlock(await Log.ReadBeforeAsync(Home, results[3].Id, 10, Ct), "b");
        AssertBlock(await Log.ReadBeforeAsync(Home, results[1].Id, 10, Ct), "");
    }

    [Fact]
    public async Task A_block_before_an_update_has_the_nearest_if_not_all_fit()
    {
        var half = new string('x', HistoryBlock.MaxBytes / 3);
        var large = new string('y', HistoryBlock.MaxBytes + 1);
        var results = await Log.AppendAsync(
            Home, [Drafts.Text("1"), Drafts.Text(large), .. Enumerable.Repeat(Drafts.Text(half), 4)], Ct);

        var nearest = await Log.ReadBeforeAsync(Home, results[5].Id, 10, Ct);
        var alone = await Log.ReadBeforeAsync(Home, results[2].Id, 10, Ct);

        Assert.Equal([results[3].Id, results[4].Id], nearest.Updates.Select(update => update.Id).TakeLast(2));
        Assert.True(nearest.IsFull);
        Assert.Equal(large, Assert.Single(alone.Updates).Text());
        Assert.True(alone.IsFull);
    }

    [Fact]
    public async Task A_block_is_full_if_its_limit_ends_it_or_its_size_and_not_if_the_page_does()
    {
        var half = new string('x', (HistoryBlock.MaxBytes / 2) + 1);
        var results = await Log.AppendAsync(
            Home, [Drafts.Text("1"), Drafts.Text("2"), Drafts.Text(half), Drafts.Text(half), Drafts.Text("5")], Ct);
        var start = results[0].Id.Before(1);

        Assert.True((await Log.ReadAsync(Home, start, 2, Ct)).IsFull);
        Assert.True((await Log.ReadAsync(Home, start, 10, Ct)).IsFull);
        Assert.False((await Log.ReadAsync(Home, results[2].Id, 10, Ct)).IsFull);
        Assert.False((await Log.ReadAsync(Home, results[4].Id, 10, Ct)).IsFull);
        Assert.False((await Log.ReadBeforeAsync(Home, results[2].Id, 10, Ct)).IsFull);
    }

    [Fact]
    public async Task Paging_back_from_the_newest_update_finds_every_update_once()
    {
        Engine.History.MaxUpdates = 300;
        for (var n = 0; n < 250; n += 50)
        {
            await Log.AppendAsync(Home, [.. Enumerable.Range(n + 1, 50).Select(i => Drafts.Text($"{i}"))], Ct);
        }

        var before = (await Log.HeadAsync(Home, Ct)).Head;
        var found = new List<string> { "250" };
        while (await Log.ReadBeforeAsync(Home, before, 37, Ct) is { Updates: [var first, ..] } block)
        {
            found.InsertRange(0, block.Updates.Select(update => update.Text()));
            before = first.Id;
        }

        Assert.Equal(Enumerable.Range(1, 250).Select(n => $"{n}"), found);
    }

    [Fact]
    public async Task A_read_before_an_update_that_does_not_exist_gives_the_same_reset_as_a_read_after_it()
    {
        var empty = await Log.ReadBeforeAsync(Home, new UpdateId(1, 1), 10, Ct);
        var head = (await Log.AppendAsync(Home, NumberedDrafts(3), Ct))[^1].Id;
        Assert.Equal(new PageReset(ResetReason.Epoch, UpdateId.None, Missed: null), empty.Reset);
        UpdateId[] unknown =
        [
            new(head.Epoch ^ 1, 2), new(head.Epoch, 4), new(head.Epoch, 999_999_999_999_999_999),
        ];

        foreach (var id in unknown)
        {
            var block = await Log.ReadBeforeAsync(Home, id, 10, Ct);
            Assert.NotNull(block.Reset);
            Assert.Equal((await Log.ReadAsync(Home, id, 10, Ct)).Reset, block.Reset);
            Assert.Empty(block.Updates);
        }
    }

    private static void AssertBlock(HistoryBlock block, string texts)
    {
        Assert.Null(block.Reset);
        Assert.Equal(texts, string.Join(' ', block.Updates.Select(update => update.Text())));
    }

    private static bool Same(Update one, Update other) =>
        (one.Id, one.Event, one.Time, one.Text()) == (other.Id, other.Event, other.Time, other.Text());
}

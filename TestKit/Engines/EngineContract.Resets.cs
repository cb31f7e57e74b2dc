using LiveStreams.Core;

namespace LiveStreams.TestKit.Engines;

public abstract partial class EngineContract
{
    [Theory]
    [InlineData(0, 20)]
    [InlineData(1, 19)]
    [InlineData(19, 1)]
    public async Task A_trimmed_position_continues_with_all_that_is_kept_and_the_number_of_lost_updates_is_exact(
        int seen,
        int missed)
    {
        var head = (await Log.AppendAsync(Home, NumberedDrafts(30), Ct))[^1].Id;
        var oldest = head.Before(21);

        var block = await Log.ReadAsync(Home, head.Before(seen + 1), 10, Ct);

        Assert.Equal(new PageReset(ResetReason.Trimmed, oldest, missed), block.Reset);
        Assert.Empty(block.Updates);
        await AssertReadsAsync(oldest, 21, 30);
        if (seen == 0)
        {
            Assert.Equal(block.Reset, (await Log.ReadAsync(Home, UpdateId.None, 10, Ct)).Reset);
        }
    }

    [Theory]
    [InlineData(3, 0)]
    [InlineData(13, 3)]
    public async Task A_position_of_another_epoch_continues_with_all_that_is_kept(int published, int trimmed)
    {
        var head = (await Log.AppendAsync(Home, NumberedDrafts(published), Ct))[^1].Id;

        var block = await Log.ReadAsync(Home, new UpdateId(head.Epoch ^ 1, 7), 10, Ct);

        Assert.Equal(new PageReset(ResetReason.Epoch, head.Before(trimmed + 1), Missed: null), block.Reset);
        await AssertReadsAsync(block.Reset!.From, trimmed + 1, published);
    }

    [Fact]
    public async Task A_position_before_the_end_of_a_page_continues_after_the_end_which_counts_as_lost()
    {
        UpdateDraft[] drafts = [Drafts.Text("a"), Drafts.Text("b"), UpdateDraft.End(key: null), Drafts.Text("anew")];
        var results = await Log.AppendAsync(Home, drafts, Ct);

        var reset = (await Log.ReadAsync(Home, results[0].Id, 10, Ct)).Reset;

        Assert.Equal(new PageReset(ResetReason.Trimmed, results[2].Id, Missed: 2), reset);
        Assert.Equal("anew", Assert.Single(await Log.ReadAllAsync(Home, results[2].Id)).Text());
    }

    [Fact]
    public async Task A_page_that_was_lost_begins_a_new_epoch_and_a_reader_gets_all_of_it()
    {
        var before = (await Log.AppendAsync(Home, NumberedDrafts(5), Ct))[2].Id;

        await LoseAllPagesAsync();
        var empty = (await Log.ReadAsync(Home, before, 10, Ct)).Reset;
        var head = (await Log.AppendAsync(Home, NumberedDrafts(2), Ct))[^1].Id;
        var reset = (await Log.ReadAsync(Home, before, 10, Ct)).Reset;

        Assert.Equal(new PageReset(ResetReason.Epoch, UpdateId.None, Missed: null), empty);
        Assert.NotEqual(before.Epoch, head.Epoch);
        Assert.Equal(new PageReset(ResetReason.Epoch, head.Before(1), Missed: null), reset);
        await AssertReadsAsync(empty!.From, 1, 2);
        await AssertReadsAsync(reset!.From, 1, 2);
    }

    private static UpdateDraft[] NumberedDrafts(int count) =>
        [.. Enumerable.Range(1, count).Select(n => Drafts.Text($"{n}"))];

    private async Task AssertReadsAsync(UpdateId after, int first, int last) => Assert.Equal(
        Enumerable.Range(first, last - first + 1).Select(n => $"{n}"),
        (await Log.ReadAllAsync(Home, after)).Select(update => update.Text()));
}

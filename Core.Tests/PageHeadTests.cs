namespace LiveStreams.Core.Tests;

/// <summary>The reset that a position gets, from what a page keeps.</summary>
public sealed class PageHeadTests
{
    private const long Old = 0xabc;
    private const long New = 0xdef;

    [Theory]
    [InlineData(3, 3)]
    [InlineData(5, 5)]
    [InlineData(9, 5)]
    public void A_position_of_the_replaced_epoch_continues_after_the_last_update_that_both_epochs_have(
        long seen, long from)
    {
        var page = new PageHead(new UpdateId(New, 8), OldestSequence: 1) { EpochStart = new UpdateId(Old, 5) };

        Assert.Equal(Epoch(from), page.ResetFor(new UpdateId(Old, seen)));
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(7, 6)]
    public void It_continues_with_the_oldest_kept_update_if_more_is_trimmed(long oldest, long from)
    {
        var page = new PageHead(new UpdateId(New, 8), oldest) { EpochStart = new UpdateId(Old, 5) };

        Assert.Equal(Epoch(from), page.ResetFor(new UpdateId(Old, 3)));
    }

    [Fact]
    public void A_position_of_an_unknown_epoch_continues_with_the_first_update_of_the_new_epoch()
    {
        var page = new PageHead(new UpdateId(New, 8), OldestSequence: 1) { EpochStart = new UpdateId(Old, 5) };

        Assert.Equal(Epoch(5), page.ResetFor(new UpdateId(7, 3)));
        Assert.Equal(Epoch(0), (page with { EpochStart = UpdateId.None }).ResetFor(new UpdateId(7, 3)));
    }

    [Fact]
    public void A_reset_that_continues_later_counts_what_is_skipped()
    {
        var page = new PageHead(new UpdateId(New, 30), OldestSequence: 21);
        var reset = page.ResetFor(new UpdateId(New, 5))!;

        Assert.Equal(new PageReset(ResetReason.Trimmed, new UpdateId(New, 20), Missed: 15), reset);
        Assert.Equal(new PageReset(ResetReason.Trimmed, page.Head, Missed: 25), reset.ContinueAfter(page.Head));
        Assert.Null(reset.ContinueAfter(new UpdateId(Old, 1)).Missed);
        Assert.Equal(0, reset.ContinueAfter(new UpdateId(New, 4)).Missed);
    }

    private static PageReset Epoch(long from) => new(ResetReason.Epoch, new UpdateId(New, from), Missed: null);
}

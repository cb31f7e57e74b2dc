namespace LiveStreams.Core.Tests;

/// <summary>A stream's position in several pages, as text.</summary>
public sealed class PagePositionsTests
{
    private const long Epoch = 0x7eec645c92cd;
    private static readonly PageId _home = PageId.Parse("home");

    [Theory]
    [InlineData(0, 7)]
    [InlineData(31, 7)]
    [InlineData(32, 8)]
    [InlineData(1_000, 8)]
    [InlineData(30_000, 9)]
    [InlineData(1_000_000, 10)]
    [InlineData(999_999_999_999_999_999, 18)]
    public void A_page_takes_few_characters_and_is_read_as_written(long sequence, int length)
    {
        var position = new UpdateId(Epoch, sequence);

        var text = Write(position);

        Assert.Equal(length, text.Length);
        Assert.True(PagePositions.TryParse($".{text}", out var positions));
        Assert.True(positions.TryTake(PositionEntry.PageTagOf(_home), Epoch, out var entry));
        Assert.Equal(position, entry.In(new PageHead(position, 1)));
    }

    [Fact]
    public void The_position_of_a_page_without_an_epoch_is_0()
    {
        Assert.True(PagePositions.TryParse($".{Write(UpdateId.None)}", out var positions));
        Assert.True(positions.TryTake(PositionEntry.PageTagOf(_home), epoch: 0, out var entry));
        Assert.Equal(UpdateId.None, entry.In(PageHead.Empty));
        Assert.Equal(UpdateId.None, entry.In(new PageHead(new UpdateId(Epoch, 5), 1)));
    }

    [Fact]
    public void A_position_of_the_epoch_before_is_that_and_one_of_any_other_is_of_neither()
    {
        var before = new UpdateId(Epoch, 17);
        var page = new PageHead(new UpdateId(Epoch + 1, 20), 1) { EpochStart = new UpdateId(Epoch, 18) };
        Assert.Equal(before, Read(before).In(page));

        var foreign = Read(new UpdateId(Epoch + 2, 17)).In(page);

        Assert.Equal(17, foreign.Sequence);
        Assert.DoesNotContain(foreign.Epoch, new[] { page.Head.Epoch, page.EpochStart.Epoch });
        Assert.Equal(ResetReason.Epoch, page.ResetFor(foreign)!.Reason);
    }

    [Fact]
    public void Pages_with_the_same_tag_are_told_apart_by_their_epochs()
    {
        const int Tag = 5;
        var (first, second) = (new UpdateId(Epoch, 1), new UpdateId(Epoch + 1, 2));
        var text = Write(first, Tag) + Write(second, Tag);
        Assert.True(PagePositions.TryParse($".{text}", out var positions));

        Assert.True(positions.TryTake(Tag, second.Epoch, out var entry));
        Assert.Equal(2, entry.Sequence);
        Assert.False(positions.TryTake(Tag, second.Epoch, out _));
        Assert.True(positions.TryTakeOther(Tag, out entry));
        Assert.Equal(1, entry.Sequence);
        Assert.False(positions.TryTakeOther(Tag, out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("0")]
    [InlineData("7eec645c92cd-1")]
    [InlineData(".A")]
    [InlineData(".AAAAAA")]
    [InlineData(".AAAAAAg")]
    [InlineData(".AAAAAA=")]
    [InlineData(".AAAAAAAé")]
    [InlineData(".AAAAAAgggggggggggggggggggggggA")]
    public void Other_text_is_no_position(string text) => Assert.False(PagePositions.TryParse(text, out _));

    [Fact]
    public void A_position_has_at_most_100_pages()
    {
        var entry = Write(new UpdateId(Epoch, 1));
        Assert.True(PagePositions.TryParse("." + string.Concat(Enumerable.Repeat(entry, 100)), out _));
        Assert.False(PagePositions.TryParse("." + string.Concat(Enumerable.Repeat(entry, 101)), out _));
    }

    private static PositionEntry Read(UpdateId position)
    {
        ReadOnlySpan<char> text = Write(position);
        Assert.True(PositionEntry.TryRead(ref text, out var entry));
        return entry;
    }

    private static string Write(UpdateId position) => Write(position, PositionEntry.PageTagOf(_home));

    private static string Write(UpdateId position, int pageTag)
    {
        Span<byte> text = stackalloc byte[PositionEntry.MaxLength];
        var length = PositionEntry.Of(pageTag, position).Write(text);
        return System.Text.Encoding.ASCII.GetString(text[..length]);
    }
}

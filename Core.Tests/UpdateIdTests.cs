using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace LiveStreams.Core.Tests;

public sealed class UpdateIdTests
{
    [Fact]
    public void An_id_is_parsed_from_its_canonical_text_only()
    {
        var ids = Gen.Choose(1, int.MaxValue).SelectMany(
            _ => Gen.Choose(0, int.MaxValue),
            (epoch, sequence) => new UpdateId(epoch * 65_537L % (1L << 48), sequence));
        Prop.ForAll(ids.ToArbitrary(), id =>
            UpdateId.TryParse(id.ToString(), out var read) && read == id && Ascii(id) == id.ToString()
            && !UpdateId.TryParse(id + " ", out _) && !UpdateId.TryParse("0" + id, out _)).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("00")]
    [InlineData("1")]
    [InlineData("000000000abc-")]
    [InlineData("000000000abc-01")]
    [InlineData("000000000ABC-1")]
    [InlineData("000000000000-1")]
    [InlineData("000000000abc--1")]
    [InlineData("000000000abc-+1")]
    [InlineData("000000000abc-1000000000000000000")]
    [InlineData("000000000abc-१")]
    [InlineData("00000000abc-11")]
    [InlineData("+00000000abc-1")]
    public void Text_that_is_not_canonical_is_refused(string text) => Assert.False(UpdateId.TryParse(text, out _));

    [Fact]
    public void Zero_is_the_position_before_the_first_epoch()
    {
        Assert.True(UpdateId.TryParse("0", out var none));
        Assert.True(none.IsNone);
        Assert.Equal(("0", "0"), (none.ToString(), Ascii(none)));
        Assert.True(new UpdateId(5, 1).Follows(none));
        Assert.False(new UpdateId(5, 2).Follows(none));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(13)]
    public void Formatting_into_a_short_buffer_returns_false_and_does_not_throw(int room) =>
        Assert.False(new UpdateId(5, 12).TryFormat(new byte[room], out _));

    private static string Ascii(UpdateId id)
    {
        var bytes = new byte[UpdateId.MaxTextLength];
        Assert.True(id.TryFormat(bytes, out var written));
        return Encoding.ASCII.GetString(bytes, 0, written);
    }
}

using LiveStreams.Core.Listing;

namespace LiveStreams.Core.Tests.Listing;

public sealed class NameRangeTests
{
    private static readonly string[] _names =
    [
        "a", "a b", "ab", "b", "news", "news:", "news:1", "news;",
        "\uD7FF", "\uE000", "～", "\U0001F389", "\U0010FFFFx",
    ];

    [Fact]
    public void Names_are_in_the_order_of_their_utf8()
    {
        var shuffled = _names.Reverse().ToArray();
        Array.Sort(shuffled, NameOrder.Instance);

        Assert.Equal(_names, shuffled);
        Assert.Equal(_names, shuffled.OrderBy(name => Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(name))));
    }

    [Theory]
    [InlineData("*")]
    [InlineData("a*")]
    [InlineData("news*")]
    [InlineData("news:*")]
    [InlineData("news:")]
    [InlineData("\uD7FF*")]
    [InlineData("\U0001F389*")]
    [InlineData("\U0010FFFF*")]
    public void The_range_of_a_pattern_has_the_names_that_match_it(string text)
    {
        Assert.True(PagePattern.TryParse(text, out var pattern));

        Assert.Equal(
            _names.Where(name => pattern.Matches(PageId.Parse(name))), NamesIn([NameRange.Of(pattern)]));
    }

    [Fact]
    public void A_set_has_what_was_added_and_not_removed_in_order_and_once()
    {
        var set = new NameRanges();
        set.Add(NameRange.Of("news:"));
        set.Add(NameRange.All);
        set.Remove(NameRange.Of("news"));
        set.Remove(NameRange.Of("x"));
        set.Add(NameRange.Of("news:1"));
        set.Add(NameRange.Of("a"));
        set.Remove(NameRange.Of("a b"));
        set.Add(new NameRange("b", "a"));

        Assert.Equal(_names.Except(["a b", "news", "news:", "news;"]), NamesIn(set.Ranges));
        Assert.Equal(set.Ranges.OrderBy(range => range.From, NameOrder.Instance), set.Ranges);
    }

    private static IEnumerable<string> NamesIn(IEnumerable<NameRange> ranges) =>
        ranges.SelectMany(range => _names.Where(name =>
            NameOrder.Compare(name, range.From) >= 0
            && (range.To is null || NameOrder.Compare(name, range.To) < 0)));
}

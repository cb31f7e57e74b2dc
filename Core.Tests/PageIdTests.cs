namespace LiveStreams.Core.Tests;

public sealed class PageIdTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("news:2026/election day")]
    [InlineData("✓ é 頁")]
    [InlineData("...")]
    public void Ordinary_text_names_a_page(string name) => Assert.Equal(name, PageId.Parse(name).Value);

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a{b")]
    [InlineData("a}b")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    [InlineData("a\u200Eb")]
    [InlineData("a\uFEFFb")]
    [InlineData("a\u0085b")]
    public void Names_with_invisible_characters_braces_or_path_segments_are_refused(string name)
    {
        Assert.False(PageId.TryParse(name, out _, out var error));
        Assert.EndsWith(".", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lone_surrogate_is_refused()
    {
        // Not a theory: the test runner does not preserve a lone surrogate.
        Assert.False(PageId.TryParse("a\uD800b", out _, out _));
        Assert.False(PageId.TryParse("\uDC00", out _, out _));
    }

    [Fact]
    public void Length_is_counted_in_characters()
    {
        var longest = string.Concat(Enumerable.Repeat("😀", PageId.MaxLength));

        Assert.True(PageId.TryParse(longest, out _, out _));
        Assert.False(PageId.TryParse(longest + "a", out _, out _));
    }

    [Theory]
    [InlineData("news:*", "news:1", true)]
    [InlineData("news:*", "news:", true)]
    [InlineData("news:*", "new", false)]
    [InlineData("news", "news:1", false)]
    [InlineData("news", "news", true)]
    [InlineData("*", "anything", true)]
    public void A_pattern_matches_a_name_or_a_prefix(string pattern, string page, bool matches)
    {
        Assert.True(PagePattern.TryParse(pattern, out var parsed));
        Assert.Equal(matches, parsed.Matches(PageId.Parse(page)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a*b")]
    [InlineData("*a")]
    [InlineData("**")]
    public void A_pattern_with_a_star_before_its_end_is_refused(string pattern) =>
        Assert.False(PagePattern.TryParse(pattern, out _));
}

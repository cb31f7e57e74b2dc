using System.Text;

namespace LiveStreams.Core.Listing;

/// <summary>A range of names, in the order of <see cref="NameOrder"/>.</summary>
/// <param name="From">The first name that may be in it; empty for all. It need not be a valid name.</param>
/// <param name="To">The first name after it; null if it has no end. It need not be a valid name.</param>
public readonly record struct NameRange(string From, string? To)
{
    /// <summary>All names.</summary>
    public static readonly NameRange All = new("", To: null);

    /// <summary>Whether no name is in it.</summary>
    public bool IsEmpty => To is not null && NameOrder.Compare(From, To) >= 0;

    /// <summary>The names that begin with <paramref name="prefix"/>, which is valid Unicode.</summary>
    public static NameRange Of(string prefix) => new(prefix, Successor(prefix));

    /// <summary>The names that begin with <paramref name="prefix"/> and come after another one.</summary>
    public static NameRange Of(string prefix, PageId? after) =>
        after is { } page ? Of(prefix).Intersect(After(page)) : Of(prefix);

    /// <summary>The names that match a pattern.</summary>
    public static NameRange Of(PagePattern pattern) =>
        pattern.IsPrefix ? Of(pattern.Name) : new(pattern.Name, Next(pattern.Name));

    /// <summary>The names after this one.</summary>
    public static NameRange After(PageId page) => new(Next(page.Value), To: null);

    /// <summary>The names that are in both.</summary>
    public NameRange Intersect(NameRange other) => new(
        NameOrder.Compare(From, other.From) >= 0 ? From : other.From,
        To is null || (other.To is not null && NameOrder.Compare(other.To, To) < 0) ? other.To : To);

    // No text is between the two.
    private static string Next(string name) => name + '\0';

    // The first text after all that begin with the prefix: its last code point is raised by one. Without those that
    // cannot be raised; null if none is left.
    private static string? Successor(string prefix)
    {
        for (var end = prefix.Length; end > 0;)
        {
            Rune.DecodeLastFromUtf16(prefix.AsSpan(0, end), out var last, out var units);
            end -= units;
            if (last.Value < 0x10FFFF)
            {
                var next = last.Value == 0xD7FF ? 0xE000 : last.Value + 1;
                return string.Concat(prefix.AsSpan(0, end), new Rune(next).ToString());
            }
        }

        return null;
    }
}

namespace LiveStreams.Core;

/// <summary>
/// A pattern for page names: a name, or a prefix of names followed by <c>*</c> (<c>news:*</c>, <c>*</c>). A <c>*</c> is
/// only allowed at the end.
/// </summary>
public readonly record struct PagePattern
{
    private PagePattern(string name, bool isPrefix) => (Name, IsPrefix) = (name, isPrefix);

    /// <summary>The name, or the prefix without its <c>*</c>.</summary>
    public string Name { get; }

    /// <summary>Whether <see cref="Name"/> is a prefix.</summary>
    public bool IsPrefix { get; }

    public static bool TryParse(string? text, out PagePattern pattern)
    {
        pattern = default;
        if (string.IsNullOrEmpty(text) || text.AsSpan(0, text.Length - 1).Contains('*'))
        {
            return false;
        }

        var isPrefix = text.EndsWith('*');
        pattern = new PagePattern(isPrefix ? text[..^1] : text, isPrefix);
        return true;
    }

    /// <summary>Whether there is a name that both match.</summary>
    public bool Overlaps(PagePattern other) =>
        (IsPrefix && other.Name.StartsWith(Name, StringComparison.Ordinal))
        || (other.IsPrefix && Name.StartsWith(other.Name, StringComparison.Ordinal))
        || Name == other.Name;

    public bool Matches(PageId page) =>
        IsPrefix ? page.Value.StartsWith(Name, StringComparison.Ordinal) : page.Value == Name;
}

namespace LiveStreams.Core;

/// <summary>
/// A pattern for page names: a name, or a prefix of names followed by <c>*</c> (<c>news:*</c>, <c>*</c>). A <c>*</c> is
/// only allowed at the end.
/// </summary>
public readonly record struct PagePattern
{
    private readonly string _name;
    private readonly bool _isPrefix;

    private PagePattern(string name, bool isPrefix) => (_name, _isPrefix) = (name, isPrefix);

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

    public bool Matches(PageId page) =>
        _isPrefix ? page.Value.StartsWith(_name, StringComparison.Ordinal) : page.Value == _name;
}

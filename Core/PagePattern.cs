namespace LiveStreams.Core;

/// <summary>A page name, or the beginning of page names: <c>*</c> stands for any rest, and only at the end (<c>news:*</c>, <c>*</c>).</summary>
public readonly record struct PagePattern
{
    private readonly string _start;
    private readonly bool _open;

    private PagePattern(string start, bool open) => (_start, _open) = (start, open);

    public static bool TryParse(string? text, out PagePattern pattern)
    {
        pattern = default;
        if (string.IsNullOrEmpty(text) || text.AsSpan(0, text.Length - 1).Contains('*'))
        {
            return false;
        }

        var open = text.EndsWith('*');
        pattern = new PagePattern(open ? text[..^1] : text, open);
        return true;
    }

    public bool Matches(PageId page) => _open ? page.Value.StartsWith(_start, StringComparison.Ordinal) : page.Value == _start;
}

namespace LiveStreams.Api.Security;

/// <summary>
/// A pattern for event names: a name, or a prefix of names followed by <c>*</c>. A <c>*</c> is only allowed at the end.
/// </summary>
internal readonly record struct EventPattern
{
    private readonly string _name;
    private readonly bool _isPrefix;

    private EventPattern(string name, bool isPrefix) => (_name, _isPrefix) = (name, isPrefix);

    public static bool TryParse(string? text, out EventPattern pattern)
    {
        pattern = default;
        if (string.IsNullOrEmpty(text) || text.AsSpan(0, text.Length - 1).Contains('*'))
        {
            return false;
        }

        var isPrefix = text.EndsWith('*');
        pattern = new EventPattern(isPrefix ? text[..^1] : text, isPrefix);
        return true;
    }

    public bool Matches(string name) => _isPrefix ? name.StartsWith(_name, StringComparison.Ordinal) : name == _name;
}

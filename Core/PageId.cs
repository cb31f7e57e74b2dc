using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace LiveStreams.Core;

/// <summary>
/// The name of a page: 1 to 200 Unicode characters, none of them a control character, a format character, <c>{</c> or
/// <c>}</c> (braces mark the hash slot in a Redis key), and not <c>.</c> or <c>..</c>, which no URL can have as a path
/// segment (RFC 3986 §5.2.4). Names are compared character by character: case and Unicode normal form matter.
/// </summary>
public readonly record struct PageId
{
    /// <summary>The longest name, in Unicode characters (scalar values).</summary>
    public const int MaxLength = 200;

    private PageId(string value) => Value = value;

    public string Value { get; }

    /// <summary>
    /// Reads a name; false when it is not valid, and <paramref name="error"/> says why in one sentence.
    /// </summary>
    public static bool TryParse(string text, out PageId page, [NotNullWhen(false)] out string? error)
    {
        error = FindError(text);
        page = error is null ? new PageId(text) : default;
        return error is null;
    }

    /// <summary>Whether a name may begin with this text, which may be empty.</summary>
    public static bool IsPrefix(string text) => text is "" or "." or ".." || FindError(text) is null;

    /// <exception cref="FormatException">The name is not valid.</exception>
    public static PageId Parse(string text) =>
        TryParse(text, out var page, out var error) ? page : throw new FormatException(error);

    public override string ToString() => Value;

    private static string? FindError(string text)
    {
        if (text is "." or "..")
        {
            return "A page cannot be named '.' or '..'.";
        }

        var length = 0;
        for (var rest = text.AsSpan(); !rest.IsEmpty; length++)
        {
            if (Rune.DecodeFromUtf16(rest, out var rune, out var units) != System.Buffers.OperationStatus.Done)
            {
                return "A page name must be valid Unicode.";
            }

            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
                || rune.Value is '{' or '}')
            {
                return $"A page name cannot contain the character U+{rune.Value:X4}.";
            }

            rest = rest[units..];
        }

        return length is >= 1 and <= MaxLength
            ? null
            : $"A page name has 1 to {MaxLength} characters; this one has {length}.";
    }
}

using System.Globalization;
using System.Text;

namespace LiveStreams.Core.Posts;

/// <summary>
/// The rules for the ids of posts: 1 to 200 Unicode characters, none of them a control or format character, and not
/// <c>.</c> or <c>..</c>, which no URL can have as a path segment (RFC 3986 §5.2.4).
/// </summary>
public static class PostId
{
    /// <summary>The longest id, in Unicode characters (scalar values).</summary>
    public const int MaxLength = 200;

    /// <summary>What is wrong with an id, in one sentence; null if it is valid.</summary>
    public static string? FindError(string id)
    {
        if (id is "." or "..")
        {
            return "A post cannot have the id '.' or '..'.";
        }

        var length = 0;
        foreach (var rune in id.EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format)
            {
                return $"A post's id cannot contain the character U+{rune.Value:X4}.";
            }

            length++;
        }

        return length is >= 1 and <= MaxLength
            ? null
            : $"A post's id has 1 to {MaxLength} characters; this one has {length}.";
    }
}

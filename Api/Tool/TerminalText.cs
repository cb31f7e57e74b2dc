using System.Globalization;
using System.Text;

namespace LiveStreams.Api.Tool;

/// <summary>
/// Text that others wrote, such as updates and names of pages, as a terminal may show it. Control characters would move
/// the cursor or change the colours or the title, and format characters would reorder what is shown, so both are
/// written as <c>\u001b</c>. A tab stays.
/// </summary>
internal static class TerminalText
{
    // The zero width joiner and non-joiner are part of emoji and of several scripts.
    private static readonly Rune _nonJoiner = new(0x200C);
    private static readonly Rune _joiner = new(0x200D);

    public static string Escape(string text)
    {
        if (!text.EnumerateRunes().Any(IsEscaped))
        {
            return text;
        }

        var escaped = new StringBuilder(text.Length + 16);
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsEscaped(rune))
            {
                escaped.Append(rune.IsBmp ? $@"\u{rune.Value:x4}" : $@"\U{rune.Value:x8}");
            }
            else
            {
                escaped.Append(rune);
            }
        }

        return escaped.ToString();
    }

    private static bool IsEscaped(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control => rune.Value != '\t',
        UnicodeCategory.Format => rune != _joiner && rune != _nonJoiner,
        UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => true,
        _ => false,
    };
}

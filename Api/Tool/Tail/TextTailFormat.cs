using System.Globalization;

namespace LiveStreams.Api.Tool.Tail;

/// <summary>
/// Lines for people: the time at which the update arrived, the page if there are several, the event name if there is
/// one, and the data. Further lines of the data are indented, so that they cannot be taken for another update.
/// </summary>
internal sealed class TextTailFormat(TerminalStyle style, bool showsPage, TimeProvider time) : ITailFormat
{
    private const string TimeFormat = "HH:mm:ss";

    private static readonly string _nextLine = $"\n{new string(' ', TimeFormat.Length + 1)}";

    public string? Format(PageEvent update)
    {
        if (update.IsReset || update.IsEnd)
        {
            return null;
        }

        var words = new List<string>(4)
        {
            style.Dim(time.GetLocalNow().ToString(TimeFormat, CultureInfo.InvariantCulture)),
        };
        if (showsPage)
        {
            words.Add(style.Cyan(TerminalText.Escape(update.Page)));
        }

        if (update.Event is { } name)
        {
            words.Add(style.Yellow($"[{TerminalText.Escape(name)}]"));
        }

        words.Add(string.Join(_nextLine, update.Data.Split('\n').Select(TerminalText.Escape)));
        return string.Join(' ', words);
    }
}

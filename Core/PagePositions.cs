using System.Diagnostics.CodeAnalysis;

namespace LiveStreams.Core;

/// <summary>
/// A client's position in several pages, from the <c>id:</c> of its stream's last event: <c>.</c> and a
/// <see cref="PositionEntry"/> for each page. The pages are those that the client asks for again; an entry is taken by
/// the page that it belongs to, so pages may be added, dropped and put in another order. For the pages that the client
/// follows by patterns, a <see cref="PositionTime"/> comes last.
/// </summary>
public sealed class PagePositions
{
    /// <summary>The first character. No update id begins with it.</summary>
    public const char Mark = '.';

    /// <summary>The most pages in a stream.</summary>
    public const int MaxPages = 100;

    private readonly List<PositionEntry> _entries = [];

    private PagePositions(long? completeUntil) => CompleteUntil = completeUntil;

    /// <summary>
    /// The moment of which the client knows all updates from before, in the pages that it follows by patterns, in Unix
    /// seconds; null if it had no patterns.
    /// </summary>
    public long? CompleteUntil { get; }

    /// <summary>
    /// Reads a position; false if it is none of several pages, or of more than <see cref="MaxPages"/>.
    /// </summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out PagePositions? positions)
    {
        positions = null;
        if (text.Length <= 1 || text[0] != Mark)
        {
            return false;
        }

        var rest = text.AsSpan(1);
        var read = new PagePositions(PositionTime.TryTakeEnd(ref rest));
        while (!rest.IsEmpty)
        {
            if (read._entries.Count == MaxPages || !PositionEntry.TryRead(ref rest, out var entry))
            {
                return false;
            }

            read._entries.Add(entry);
        }

        positions = read;
        return true;
    }

    /// <summary>
    /// Takes the entry of a page that is in this epoch. All pages must have tried this before
    /// <see cref="TryTakeOther"/> is called for any.
    /// </summary>
    public bool TryTake(int pageTag, long epoch, out PositionEntry entry) =>
        TryTake(other => other.PageTag == pageTag && other.IsOf(epoch), out entry);

    /// <summary>Takes the entry of a page that may be in another epoch than when the entry was written.</summary>
    public bool TryTakeOther(int pageTag, out PositionEntry entry) =>
        TryTake(other => other.PageTag == pageTag, out entry);

    private bool TryTake(Predicate<PositionEntry> isOfPage, out PositionEntry entry)
    {
        var index = _entries.FindIndex(isOfPage);
        entry = index < 0 ? default : _entries[index];
        if (index >= 0)
        {
            _entries.RemoveAt(index);
        }

        return index >= 0;
    }
}

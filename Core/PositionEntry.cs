using System.Text;

namespace LiveStreams.Core;

/// <summary>
/// One page's part of a stream's position in several pages, in 8 or 9 characters for most pages, where the page's name
/// and an update id would need more than 25. All of them are digits of Base64 for URLs (RFC 4648 §5):
/// <code>
/// entry    = page-tag epoch-tag sequence
/// page-tag = 2digit      ; 12 bits of a hash of the page's name
/// epoch-tag = 4digit     ; the lowest 24 bits of the epoch
/// sequence = 1*12digit   ; 5 bits each, the lowest first; 32 is added to each digit but the last
/// </code>
/// Pages with one tag are told apart by their epochs. Another epoch of a page is mistaken for the same with a
/// probability of 1 in 16.8 million.
/// </summary>
/// <param name="PageTag">Which page it is.</param>
/// <param name="EpochTag">Which epoch of the page; 0 for <see cref="UpdateId.None"/>.</param>
/// <param name="Sequence">The sequence in the epoch.</param>
public readonly record struct PositionEntry(int PageTag, int EpochTag, long Sequence)
{
    /// <summary>The longest entry, in characters.</summary>
    public const int MaxLength = PageDigits + EpochDigits + MaxSequenceDigits;

    private const int PageDigits = 2;
    private const int EpochDigits = 4;
    private const int MaxSequenceDigits = 12;
    private const int SequenceBitsPerDigit = 5;
    private const int MoreFollow = 1 << SequenceBitsPerDigit;

    public static PositionEntry Of(int pageTag, UpdateId position) =>
        new(pageTag, EpochTagOf(position.Epoch), position.Sequence);

    /// <summary>The tag of a page: a hash (FNV-1a) of its name in UTF-8.</summary>
    public static int PageTagOf(PageId page)
    {
        var hash = 2166136261u;
        foreach (var value in Encoding.UTF8.GetBytes(page.Value))
        {
            hash = (hash ^ value) * 16777619u;
        }

        return (int)((hash ^ (hash >> 16)) & Mask(PageDigits));
    }

    /// <summary>
    /// The position that the entry stands for. One of an epoch that the page does not know gets an epoch that is not
    /// the page's, so that <see cref="PageHead.ResetFor"/> treats it as that of another epoch.
    /// </summary>
    public UpdateId In(PageHead page)
    {
        if (IsOf(page.Head.Epoch))
        {
            return InEpoch(page.Head.Epoch);
        }

        if (IsOf(page.EpochStart.Epoch))
        {
            return InEpoch(page.EpochStart.Epoch);
        }

        var foreign = 1L;
        while (foreign == page.Head.Epoch || foreign == page.EpochStart.Epoch)
        {
            foreign++;
        }

        return EpochTag == 0 && Sequence == 0 ? UpdateId.None : InEpoch(foreign);
    }

    /// <summary>Whether it may be a position of this epoch.</summary>
    public bool IsOf(long epoch) => EpochTag == EpochTagOf(epoch) && (epoch != 0 || Sequence == 0);

    /// <summary>Writes the entry as ASCII and returns its length.</summary>
    public int Write(Span<byte> destination)
    {
        PositionDigits.Write(destination[..PageDigits], PageTag);
        PositionDigits.Write(destination.Slice(PageDigits, EpochDigits), EpochTag);
        var length = PageDigits + EpochDigits;
        var rest = Sequence;
        do
        {
            var digit = (int)(rest % MoreFollow);
            rest /= MoreFollow;
            PositionDigits.Write(destination.Slice(length++, 1), rest > 0 ? digit + MoreFollow : digit);
        }
        while (rest > 0);

        return length;
    }

    /// <summary>Reads an entry from the start of a text; false if there is none.</summary>
    /// <param name="text">The text, without the entry after true.</param>
    /// <param name="entry">The entry.</param>
    public static bool TryRead(ref ReadOnlySpan<char> text, out PositionEntry entry)
    {
        entry = default;
        if (!PositionDigits.TryRead(ref text, PageDigits, out var pageTag)
            || !PositionDigits.TryRead(ref text, EpochDigits, out var epochTag))
        {
            return false;
        }

        var sequence = 0L;
        for (var count = 0; count < MaxSequenceDigits && PositionDigits.TryRead(ref text, 1, out var digit); count++)
        {
            sequence |= (digit % MoreFollow) << (count * SequenceBitsPerDigit);
            if (digit < MoreFollow)
            {
                entry = new PositionEntry((int)pageTag, (int)epochTag, sequence);
                return true;
            }
        }

        return false;
    }

    private static int EpochTagOf(long epoch) => (int)(epoch & Mask(EpochDigits));

    private static long Mask(int digits) => (1L << (digits * PositionDigits.Bits)) - 1;

    private UpdateId InEpoch(long epoch) => epoch == 0 ? UpdateId.None : new UpdateId(epoch, Sequence);
}

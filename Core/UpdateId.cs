using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace LiveStreams.Core;

/// <summary>
/// Names one update of a page, and, as a position, everything up to it: <c>&lt;epoch&gt;-&lt;sequence&gt;</c>, twelve
/// lower-case hexadecimal digits and a decimal number. Sequences of one epoch are contiguous from 1. A page gets a new random
/// epoch when its store no longer knows it, so that an id from before cannot be mistaken for one from after
/// (the reason Centrifugo's positions carry one too). Sequence 0 is the position before the first update;
/// <c>0</c> alone is that position in an epoch that has not begun.
/// </summary>
public readonly record struct UpdateId
{
    /// <summary>The position before the first update of a page that has no epoch yet; written <c>0</c>.</summary>
    public static readonly UpdateId None;

    /// <summary>The longest text of an id, in characters: 12 for the epoch, a hyphen, 18 for the sequence.</summary>
    public const int MaxTextLength = EpochDigits + 1 + SequenceDigits;

    private const int EpochDigits = 12;
    private const int SequenceDigits = 18;
    private const long EpochLimit = 1L << (EpochDigits * 4);

    /// <exception cref="ArgumentOutOfRangeException">The epoch is not in 1 to 2^48 - 1, or the sequence is negative.</exception>
    public UpdateId(long epoch, long sequence)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(epoch, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(epoch, EpochLimit);
        ArgumentOutOfRangeException.ThrowIfNegative(sequence);
        Epoch = epoch;
        Sequence = sequence;
    }

    public long Epoch { get; }

    public long Sequence { get; }

    public bool IsNone => Epoch == 0;

    /// <summary>A new random epoch: 48 bits, so two of one page are alike once in 2.8 × 10^14.</summary>
    public static long NewEpoch() => Random.Shared.NextInt64(1, EpochLimit);

    /// <summary>The position just before the update <paramref name="sequence"/> of the same epoch.</summary>
    public UpdateId Before(long sequence) => new(Epoch, sequence - 1);

    /// <summary>Whether this update is the very next one for a reader who has seen everything up to <paramref name="position"/>.</summary>
    public bool Follows(UpdateId position) =>
        position.IsNone ? Sequence == 1 : Epoch == position.Epoch && Sequence == position.Sequence + 1;

    /// <summary>Reads the canonical text only: what <see cref="ToString"/> writes and nothing else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out UpdateId id)
    {
        id = None;
        if (text == "0")
        {
            return true;
        }

        if (text is null || text.Length is <= EpochDigits + 1 or > MaxTextLength || text[EpochDigits] != '-')
        {
            return false;
        }

        var epochText = text.AsSpan(0, EpochDigits);
        var sequenceText = text.AsSpan(EpochDigits + 1);
        if (epochText.ContainsAnyInRange('A', 'F') || (sequenceText[0] == '0' && sequenceText.Length > 1)
            || !long.TryParse(epochText, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var epoch) || epoch == 0
            || !long.TryParse(sequenceText, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence))
        {
            return false;
        }

        id = new UpdateId(epoch, sequence);
        return true;
    }

    /// <summary>Writes the text as ASCII; false when <paramref name="destination"/> is shorter than the text.</summary>
    public bool TryFormat(Span<byte> destination, out int written)
    {
        if (IsNone)
        {
            written = "0"u8.TryCopyTo(destination) ? 1 : 0;
            return written == 1;
        }

        written = 0;
        if (!Epoch.TryFormat(destination, out var epochLength, "x12", CultureInfo.InvariantCulture) || destination.Length <= epochLength)
        {
            return false;
        }

        destination[epochLength] = (byte)'-';
        if (!Sequence.TryFormat(destination[(epochLength + 1)..], out var sequenceLength, default, CultureInfo.InvariantCulture))
        {
            return false;
        }

        written = epochLength + 1 + sequenceLength;
        return true;
    }

    public override string ToString() => IsNone ? "0" : string.Create(CultureInfo.InvariantCulture, $"{Epoch:x12}-{Sequence}");
}

using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace LiveStreams.Core;

/// <summary>
/// The id of one update of a page; as a position, it stands for everything up to that update. Written
/// <c>&lt;epoch&gt;-&lt;sequence&gt;</c>: twelve lower-case hexadecimal digits and a decimal number. The sequences of
/// an epoch are contiguous and start at 1. A page gets a new random epoch when its store does not have it, so that
/// an id from before a loss cannot be mistaken for one from after it (Centrifugo's positions have an epoch for the same
/// reason). Sequence 0 is the position before the first update; <c>0</c> alone is that position for a page without an
/// epoch.
/// </summary>
public readonly record struct UpdateId
{
    /// <summary>The position before the first update of a page without an epoch; written <c>0</c>.</summary>
    public static readonly UpdateId None;

    /// <summary>The longest text of an id, in characters: 12 for the epoch, a hyphen, 18 for the sequence.</summary>
    public const int MaxTextLength = EpochDigits + 1 + SequenceDigits;

    private const int EpochDigits = 12;
    private const int SequenceDigits = 18;
    private const long EpochLimit = 1L << (EpochDigits * 4);

    /// <exception cref="ArgumentOutOfRangeException">
    /// The epoch is not in 1 to 2^48 - 1, or the sequence is negative.
    /// </exception>
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

    /// <summary>
    /// A new random epoch of 48 bits: two epochs of a page are equal with a probability of 1 in 2.8 × 10^14.
    /// </summary>
    public static long NewEpoch() => Random.Shared.NextInt64(1, EpochLimit);

    /// <summary>The position right before the update <paramref name="sequence"/> of the same epoch.</summary>
    public UpdateId Before(long sequence) => new(Epoch, sequence - 1);

    /// <summary>Whether this is the next update for a reader at <paramref name="position"/>.</summary>
    public bool Follows(UpdateId position) =>
        position.IsNone ? Sequence == 1 : Epoch == position.Epoch && Sequence == position.Sequence + 1;

    /// <summary>Reads an id. Only the canonical text, as <see cref="ToString"/> writes it, is valid.</summary>
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
            || !long.TryParse(epochText, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var epoch)
            || epoch == 0
            || !long.TryParse(sequenceText, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence))
        {
            return false;
        }

        id = new UpdateId(epoch, sequence);
        return true;
    }

    /// <summary>Writes the text as ASCII; false when <paramref name="destination"/> is too short.</summary>
    public bool TryFormat(Span<byte> destination, out int written)
    {
        if (IsNone)
        {
            written = "0"u8.TryCopyTo(destination) ? 1 : 0;
            return written == 1;
        }

        written = 0;
        if (!Epoch.TryFormat(destination, out var epochLength, "x12", CultureInfo.InvariantCulture)
            || destination.Length <= epochLength)
        {
            return false;
        }

        destination[epochLength] = (byte)'-';
        var rest = destination[(epochLength + 1)..];
        if (!Sequence.TryFormat(rest, out var sequenceLength, default, CultureInfo.InvariantCulture))
        {
            return false;
        }

        written = epochLength + 1 + sequenceLength;
        return true;
    }

    public override string ToString() =>
        IsNone ? "0" : string.Create(CultureInfo.InvariantCulture, $"{Epoch:x12}-{Sequence}");
}
